from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import LONGEST


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


class CodeForm(forms.Form):
    """Six digits of an authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


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


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("language", "single_keys")
        labels = {"language": _("Language"), "single_keys": _("Single-letter keys")}
