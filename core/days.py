"""A day that somebody asks for in an address, read or refused in a sentence."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.clock import today


def day_asked(text: str | None, name: str) -> date | None:
    """The past day written in `text`; None when nothing is. ValidationError says what is wrong.

    `name` begins the sentence: "The day as of which to look …".
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(
            _("%(name)s must be written as 2016-10-01, not “%(text)s”.") % {"name": name, "text": text[:20]}
        ) from error
    if day > today():
        raise ValidationError(_("%(name)s lies in the future: %(day)s.") % {"name": name, "day": day})
    if day.year < 2000:
        raise ValidationError(_("%(name)s lies before the year 2000.") % {"name": name})
    return day
