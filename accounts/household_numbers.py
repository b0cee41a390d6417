"""Household numbers and keys: households stand on a higher floor and say here how they are found."""

import re
from collections.abc import Iterable
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHOWN = 5
_BETWEEN = re.compile(r"[\s,，、;；]+")


class Register(Protocol):
    """What the app of the households answers."""

    def by_numbers(self, numbers: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
        """Key and village code of each valid household with one of `numbers`, former numbers too."""

    def numbers_of(self, keys: Iterable[int]) -> dict[int, str]:
        """The number of each household."""


_registers: list[Register] = []


def use(register: Register) -> None:
    """Ask `register` from now on; for the start of the app that holds the households."""
    _registers[:] = [register]


def listed(text: str) -> list[str]:
    """The numbers of a typed list, once each, in order."""
    return list(dict.fromkeys(part for part in _BETWEEN.split(text.strip()) if part))


def by_numbers(numbers: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    return _registers[0].by_numbers(numbers) if _registers else {}


def numbers_of(keys: Iterable[int]) -> dict[int, str]:
    return _registers[0].numbers_of(keys) if _registers else {}


def keys_of(numbers: list[str]) -> list[int]:
    """The keys of the households; ValidationError names the numbers that fit none or several."""
    found = by_numbers(numbers)
    refuse_unclear(numbers, found)
    return [found[number][0][0] for number in numbers]


def refuse_unclear(numbers: list[str], found: dict[str, list[tuple[int, str]]]) -> None:
    """Raise in words when a number fits no household, or households of several counties."""
    unknown = [number for number in numbers if not found.get(number)]
    if unknown:
        message = _("No household has this number: %(numbers)s. Please compare with the register.")
        raise ValidationError(message % {"numbers": _some(unknown)})
    several = [number for number in numbers if len(found[number]) > 1]
    if several:
        message = _("Several counties have a household with this number: %(numbers)s.")
        raise ValidationError(message % {"numbers": _some(several)})


def _some(numbers: list[str]) -> str:
    return "、".join(numbers[:SHOWN]) + (" …" if len(numbers) > SHOWN else "")
