"""Rules for passwords: long, not on the block list, and what the profile of the installation adds.

Two profiles, because two standards contradict each other: ``mlps`` demands several kinds of
characters and a new password every so often, ``asvs`` forbids demanding either.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = 128
KINDS_DEMANDED = 3
LONGEST_AGE = timedelta(days=90)


def _kinds_of_characters(password: str) -> int:
    others = any(not character.isalnum() for character in password)
    lower = any(c.islower() for c in password)
    upper = any(c.isupper() for c in password)
    digit = any(c.isdigit() for c in password)
    letter = any(c.isalpha() and not c.islower() and not c.isupper() for c in password)
    return lower + upper + digit + others + letter


def is_too_old(user: Any) -> bool:
    """Whether the profile demands a new password by now."""
    if settings.PASSWORD_PROFILE != "mlps":  # noqa: S105
        return False
    return timezone.now() - user.password_changed_at > LONGEST_AGE


class HouseValidator:
    """At most 128 characters, none of the words of this system, and the kinds the profile demands."""

    words = ("poverty", "password", "queshan", "fupin", "tuopin", "mima", "qwerty", "123456", "admin123")

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("A password has at most 128 characters."), code="password_too_long")
        rest = password.lower()
        for word in self.words:
            rest = rest.replace(word, "")
        if len(rest) < 8:
            raise ValidationError(
                _("The password consists mostly of words that are tried first. Choose other ones."),
                code="password_too_common",
            )
        if settings.PASSWORD_PROFILE == "mlps" and _kinds_of_characters(password) < KINDS_DEMANDED:  # noqa: S105
            raise ValidationError(
                _("Use at least three of: small letters, capital letters, digits, other characters."),
                code="password_too_simple",
            )

    def get_help_text(self) -> str:
        text = _("12 to 128 characters, no word that is tried first.")
        if settings.PASSWORD_PROFILE == "mlps":  # noqa: S105
            text += _(
                " At least three of: small letters, capital letters, digits, other characters;"
                " a new one every 90 days."
            )
        return text
