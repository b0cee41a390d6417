from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.recent import RecentPasswordForm
from desk.queries.years import YearLine


class YearForm(RecentPasswordForm):
    """Why a year is opened, closed or opened again; the action stands in the address."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, request: HttpRequest, action: str, line: YearLine, *args: Any) -> None:
        super().__init__(request, *args)
        self.possible = action in line.actions
        self.year = line.year

    def clean(self) -> dict[str, Any]:
        if not self.possible:
            message = _(
                "This cannot be done with the year %(year)d any more. Please look at the years again."
            )
            raise ValidationError(message % {"year": self.year})
        return super().clean()
