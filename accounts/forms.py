from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import LONGEST
from accounts.roles import ADMINISTRATORS, ROLES, clashing
from areas.models import Area


class PasswordField(forms.CharField):
    """A password as typed: no blank is cut off."""

    def __init__(self, *, autocomplete: str, keeps_value: bool = False, **options: Any):
        widget = forms.PasswordInput(
            attrs={"autocomplete": autocomplete, "maxlength": LONGEST}, render_value=keeps_value
        )
        super().__init__(strip=False, widget=widget, max_length=LONGEST, **options)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = PasswordField(label=_("Password"), autocomplete="current-password")


class FilledSignInForm(SignInForm):
    """The sign-in of a demonstration: a click on a person fills in both fields."""

    password = PasswordField(label=_("Password"), autocomplete="current-password", keeps_value=True)


class NewPasswordForm(forms.Form):
    new = PasswordField(label=_("New password"), autocomplete="new-password")
    again = PasswordField(label=_("New password once more"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", _("The two new passwords differ. Type both once more."))
        return values


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(label=_("Password until now"), autocomplete="current-password")
    field_order = ["current", "new", "again"]


class FirstRunForm(NewPasswordForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    name = forms.CharField(label=_("Full name"), max_length=50)
    field_order = ["username", "name", "new", "again"]


class UserForm(forms.Form):
    """A new account: who it is, what they may do, where they may look."""

    username = forms.CharField(
        label=_("User name"), max_length=60, validators=User._meta.get_field("username").validators
    )
    name = forms.CharField(label=_("Full name"), max_length=50)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [(r.code, r.label) for r in ROLES.values()])
    area = forms.CharField(
        label=_("Area"),
        required=False,
        max_length=60,
        help_text=_("Name, or township and village, or code of 12 digits. Administrators need none."),
    )

    def clean_area(self) -> Area | None:
        return _valid_area(self.cleaned_data["area"])

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username=username.lower()).exists():
            raise ValidationError(_("There is already an account with this user name."))
        return username

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "area" in values and values.get("role") not in ADMINISTRATORS and values["area"] is None:
            self.add_error("area", _("Without an area the person sees nothing. Name one."))
        return values


class GrantForm(forms.Form):
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        help_text=_("Name, or township and village, or code of 12 digits; with all below it."),
    )
    from_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    to_day = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_area(self) -> Area | None:
        return _valid_area(self.cleaned_data["area"])


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=lambda: [(r.code, r.label) for r in ROLES.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_roles(self) -> list[str]:
        codes = list(self.cleaned_data["roles"])
        if clashing(set(codes)):
            raise ValidationError(
                _("System, security and audit are administered by different people, who hold no other role.")
            )
        return codes


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("language", "single_keys")
        labels = {"language": _("Language"), "single_keys": _("Single-letter keys")}


def _valid_area(text: str) -> Area | None:
    """The area with this code, or with this name inside the one named before it."""
    words = text.replace("·", " ").split()
    if not words:
        return None
    areas = Area.objects.valid().filter(Q(code=words[-1]) | Q(name=words[-1]))
    if len(words) > 1:
        areas = areas.filter(parent__name=words[-2])
    found = list(areas[:2])
    if not found:
        raise ValidationError(
            _("There is no such area. Write its name as in the list of areas, or its code.")
        )
    if len(found) > 1:
        raise ValidationError(_("Several areas have this name. Write the one above it first, or the code."))
    return found[0]
