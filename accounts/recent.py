"""Proof that the person at the desk is still the one who signed in: the password, typed lately.

A form that does something weighty extends `RecentPasswordForm`: it asks for the password unless it
was typed in the last five minutes, and wrong ones count towards the lock of the account.
"""

import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import attempts
from accounts.events import name_hash, record
from accounts.forms import PasswordField
from accounts.models import AccessEvent, User

RECENT_SECONDS = 5 * 60
TYPED = "password_at"


def password_is_recent(request: HttpRequest) -> bool:
    """Whether the password was typed in this session within five minutes."""
    return int(time.time()) - request.session.get(TYPED, 0) < RECENT_SECONDS


def note_password(request: HttpRequest) -> None:
    """The right password was typed just now."""
    request.session[TYPED] = int(time.time())


def confirm_password(request: HttpRequest, user: User, typed: str) -> None:
    """Note the right password; raise a sentence for a wrong one, which counts as a try to sign in."""
    hashed, now = name_hash(user.username), timezone.now()
    if not attempts.claim_try(hashed, now):
        record(request, AccessEvent.Kind.SIGN_IN_LOCKED, name_hash=hashed)
        raise ValidationError(
            _("Five tries in 15 minutes were wrong. Please wait 15 minutes, then try again.")
        )
    if not user.check_password(typed):
        record(request, AccessEvent.Kind.SIGN_IN_REFUSED, name_hash=hashed)
        raise ValidationError(_("This is not your password. Please type it once more."))
    attempts.give_back(hashed, now)
    note_password(request)


class RecentPasswordForm(forms.Form):
    """Fields of a weighty action; the password is one of them when it was typed long ago."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.request = request
        if not password_is_recent(request):
            self.fields["password"] = PasswordField(
                label=_("Your password"),
                autocomplete="current-password",
                help_text=_("Asked again because it was typed more than five minutes ago."),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        # Looked at last: a form with another fault uses up no try.
        if "password" in self.fields and not self.errors:
            user = self.request.user
            assert isinstance(user, User)
            try:
                confirm_password(self.request, user, values["password"])
            except ValidationError as error:
                self.add_error("password", error)
        return values
