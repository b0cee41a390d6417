"""Forms for looking at a masked value, and for comparing it with a number from the paper."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.recent import RecentPasswordForm
from exchange import cleaning
from exchange.problems import CellProblem, Noted

OTHER = "other"
REASONS = {
    "insurance": _("check the insurance list"),
    "account": _("open or pay into a bank account"),
    "correct": _("correct a number"),
    "relief": _("apply for relief or a benefit"),
    OTHER: _("other (please say)"),
}
_DIGITS = re.compile(r"\d{5}")


class RevealForm(RecentPasswordForm):
    """Why somebody looks: a usual reason or their own words, and the password if it was long ago."""

    why = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Please choose")), *REASONS.items()],
        widget=forms.Select(attrs={"autofocus": True}),
    )
    more = forms.CharField(label=_("In words"), required=False, max_length=150)

    def clean_more(self) -> str:
        text = str(self.cleaned_data["more"]).strip()
        if _DIGITS.search(text):
            raise ValidationError(_("Please write no number here: the reason is kept and read by others."))
        return text

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("why") == OTHER and not self.cleaned_data.get("more", "x"):
            self.add_error("more", _("Please say what you need the number for."))
        return super().clean()

    @property
    def reason(self) -> str:
        words, more = str(REASONS[self.cleaned_data["why"]]), self.cleaned_data["more"]
        return f"{words}: {more}" if more else words


class CompareForm(forms.Form):
    """A number as it stands on the paper, read as an import would read it."""

    typed = forms.CharField(
        label=_("Number on the paper"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )

    def __init__(self, kind: str, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.kind = kind

    def clean_typed(self) -> str:
        try:
            return _READ[self.kind](self.cleaned_data["typed"])
        except CellProblem:
            raise ValidationError(
                _("This is not a whole number of its kind. Type all of it, as on the paper.")
            ) from None


def _plain(cell: Any) -> Any:
    return cell.value if isinstance(cell, Noted) else cell


def _id_number(text: str) -> str:
    return str(_plain(cleaning.id_number(text)).number)


def _certificate(text: str) -> str:
    parsed = _plain(cleaning.id_number(text))
    return str(parsed.disability_card or parsed.number)


_READ: dict[str, Callable[[str], str]] = {
    "id_number": _id_number,
    "certificate": _certificate,
    "phone": lambda text: str(_plain(cleaning.phone(text))),
    "account": lambda text: str(cleaning.account(text)),
}
