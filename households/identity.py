"""Citizen identity numbers (GB 11643) and disability cards: pure functions, no database.

A number is put right before it is read: spaces, a leading apostrophe, full-width digits and
a lower-case x are writing habits, not errors. What cannot be a number raises `IdNumberError`.
"""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
MALE, FEMALE = "1", "2"

_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_BODY = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
# A disability card: kind 1-7, grade 1-4; a re-issued card carries two characters more.
_CARD_END = re.compile(r"[1-7][1-4](?:[0-9A-Z]{2})?")


class IdNumberError(ValueError):
    """The text is no identity number; `kind` is length, characters or birth_date."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An identity number of 18 characters and what it says."""

    number: str
    birth_date: datetime.date
    sex: str
    checksum_holds: bool
    disability_card: str = ""


def normalise(text: str) -> str:
    """Put right what people write around a number: width, spaces, apostrophe, lower-case x."""
    if text.isascii() and text.isalnum():
        return text.upper()
    half = text.translate(_TO_HALF_WIDTH)
    return "".join(half.split()).lstrip("'‘’`").replace("\u200b", "").replace("\ufeff", "").upper()


def check_character(first_seventeen: str) -> str:
    """The last character that belongs to the first seventeen digits."""
    total = sum(map(mul, map(int, first_seventeen), WEIGHTS))
    return CHECK_CHARACTERS[total % 11]


def lengthen(fifteen: str) -> str:
    """A number of 15 digits (born 19xx) in its form of 18."""
    body = fifteen[:6] + "19" + fifteen[6:]
    return body + check_character(body)


@lru_cache(maxsize=65536)
def _day(digits: str) -> datetime.date | None:
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def parse(text: str) -> IdNumber:
    """Read a number of 15, 18, 20 or 22 characters, or raise `IdNumberError`."""
    number, card = normalise(text), ""
    if len(number) == 15:
        if not _OLD.fullmatch(number):
            raise IdNumberError("characters")
        number = lengthen(number)
    elif len(number) in (20, 22):
        if not _CARD_END.fullmatch(number[18:]):
            raise IdNumberError("characters")
        card, number = number, number[:18]
    elif len(number) != 18:
        raise IdNumberError("length")
    if not _BODY.fullmatch(number):
        raise IdNumberError("characters")
    born = _day(number[6:14])
    if born is None or born.year < 1880:
        raise IdNumberError("birth_date")
    return IdNumber(
        number=number,
        birth_date=born,
        sex=MALE if int(number[16]) % 2 else FEMALE,
        checksum_holds=check_character(number[:17]) == number[17],
        disability_card=card,
    )


def age_on(birth_date: datetime.date, day: datetime.date) -> int:
    """Completed years on a day; someone born on 29 February turns older on 1 March."""
    before = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before
