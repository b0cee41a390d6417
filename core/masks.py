"""How much of a sensitive value may lie open. The plain value never stands in the page before.

"First six and last four" of an ID number is no mask: with the birth date beside it one number
remains. Three digits name the province and leave far more than a hundred numbers.
"""

from django.utils.translation import gettext as _

from core.models import Secret
from core.secrets import reveal

STAR = "*"
ID_LENGTH = 18
NOTHING_SHOWN = STAR * 6


def mask(field: str, value: "str | Secret | None") -> str:
    """The masked form of a value, or of the secret that holds it; empty when there is none."""
    if not value:
        return ""
    if field == "diagnosis":
        return NOTHING_SHOWN
    plain = reveal(value) if isinstance(value, Secret) else value
    return _MASKS[field](plain)


def _id_number(plain: str) -> str:
    # A short or damaged number shows no more digits than a whole one.
    return plain[:3] + STAR * (max(len(plain), ID_LENGTH) - 3)


def _phone(plain: str) -> str:
    if len(plain) < 11:
        return STAR * len(plain)
    return f"{plain[:3]}****{plain[-4:]}"


def _account(plain: str) -> str:
    if len(plain) < 12:
        return STAR * len(plain)
    return _("ending %(digits)s") % {"digits": plain[-4:]}


def is_year_only(field: str) -> bool:
    """Whether of the dates in this column only the year is shown: the day is part of the ID number."""
    return field == "birth_date"


def mask_name(name: str) -> str:
    """A name for notices and wide exports: the family name alone."""
    return name[:1] + STAR if name else ""


_MASKS = {"id_number": _id_number, "certificate": _id_number, "phone": _phone, "account": _account}
