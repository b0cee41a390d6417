from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.administration_forms import NO_SUCH_AREA, valid_area
from accounts.forms import PasswordField
from accounts.models import User
from accounts.roles import RIGHTS
from areas.models import Area


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, where, how long, and the password once more."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    area = forms.CharField(
        label=_("Only this area"),
        max_length=60,
        required=False,
        help_text=_("Empty: wherever you may look. Else a name, or a code of 12 digits."),
    )
    days = forms.IntegerField(
        label=_("Days that it holds"),
        min_value=1,
        max_value=tokens.MOST_DAYS,
        initial=tokens.DEFAULT_DAYS,
        help_text=_("At most 365."),
    )
    password = PasswordField(label=_("Your password"), autocomplete="current-password")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(right, gettext(RIGHTS[right])) for right in tokens.rights_to_give(user)]

    def clean_area(self) -> Area | None:
        """The named area, when the person may look there; a foreign one is answered like none."""
        area = valid_area(self.cleaned_data["area"])
        if area is not None and not Area.objects.visible_to(self.user).filter(pk=area.pk).exists():
            raise ValidationError(NO_SUCH_AREA)
        return area
