"""What a column of an agreed sheet is, and how its heading is recognised."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from exchange import cleaning

HOUSEHOLD, STATUS, HOUSEHOLD_YEAR = "household", "status", "household_year"
PERSON, MEMBERSHIP, PERSON_YEAR = "person", "membership", "person_year"
VILLAGE_YEAR = "village_year"
ROW = "row"


class Use(StrEnum):
    """What becomes of a column's value."""

    LEADS = "leads"  # this sheet settles the fact
    FILLS = "fills"  # another sheet settles it; this one only fills a gap
    CHECKS = "checks"  # read and checked, kept elsewhere
    LOCATES = "locates"  # says which household, person, village or year the row is about
    IGNORED = "ignored"


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading with aliases, what it fills, how it is cleaned."""

    heading: str
    target: str = ""  # "part.field", for example household_year.wage
    clean: cleaning.Cleaner | None = None
    aliases: tuple[str, ...] = ()
    use: Use = Use.LEADS
    help: str = ""
    secret: str = ""  # the field of core.secrets that the value is sealed as
    cell_only: bool = False  # a bad cell is left out with a warning, the row is taken
    extra: bool = False  # seen in some counties' sheets only, never missed
    marks: bool = False  # belongs to this format and hardly to another
    money_unit: str = ""

    @cached_property
    def part(self) -> str:
        return self.target.partition(".")[0]

    @cached_property
    def field(self) -> str:
        return self.target.partition(".")[2]

    def cleaner(self, unit: str) -> cleaning.Cleaner | None:
        """The cleaning function for a heading that states its own unit of money."""
        if self.money_unit and unit in {"元", "万元"} and unit != self.money_unit:
            return cleaning.money(unit)
        return self.clean


@dataclass(frozen=True)
class Format:
    """An agreed sheet: its columns and the order in which sheets are applied."""

    code: str
    label: str
    order: int
    columns: tuple[Column, ...]
    required: tuple[str, ...]  # headings without which a sheet cannot be this format
    subject: str = "households"
    by_heading: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known: dict[str, Column] = {}
        for column in self.columns:
            for heading in (column.heading, *column.aliases):
                known.setdefault(heading_key(heading), column)
                known.setdefault(split_unit(heading_key(heading))[0], column)
        object.__setattr__(self, "by_heading", known)

    def column(self, heading: str) -> tuple[Column | None, str]:
        """The column of a heading as written, and the unit in its brackets."""
        key = heading_key(heading)
        base, unit = split_unit(key)
        return self.by_heading.get(key) or self.by_heading.get(base), unit

    def column_of(self, target: str) -> Column | None:
        return next((column for column in self.columns if column.target == target), None)


_NOISE = re.compile(r"[\s*＊:：“”\"']+")
_UNIT = re.compile(r"(.+?)\((万元|元|亩|月|米|m|公里|千米|km|户|人|个|年|平方米|m2)\)")
_NUMBERED = re.compile(r"[0-9]{1,2}[.、]")


def heading_key(heading: object) -> str:
    """A heading without spaces, line breaks and differences of width."""
    text = unicodedata.normalize("NFKC", str(heading))
    key = (
        _NOISE.sub("", text).replace("[", "(").replace("]", ")").replace("【", "(").replace("】", ")").lower()
    )
    return _NUMBERED.sub("", key, count=1) if _NUMBERED.match(key) else key


def split_unit(key: str) -> tuple[str, str]:
    """The heading without a unit in brackets at its end, and the unit."""
    match = _UNIT.fullmatch(key)
    return (match.group(1), match.group(2)) if match else (key, "")


# --- Short ways to declare the usual kinds ----------------------------------------------------
def money(
    heading: str, target: str, *aliases: str, unit: str = "元", signed: bool = False, **more: Any
) -> Column:
    clean = cleaning.money(unit, may_be_negative=signed)
    return Column(heading, target, clean, aliases, money_unit=unit, help=more.pop("help", unit), **more)


def yes_no(heading: str, target: str, *aliases: str, **more: Any) -> Column:
    return Column(heading, target, cleaning.yes_no, aliases, help=more.pop("help", "是 / 否"), **more)


def count(
    heading: str, target: str, *aliases: str, limit: int = 10_000_000, least: int = 0, **more: Any
) -> Column:
    clean = cleaning.count(limit, least)
    return Column(heading, target, clean, aliases, help=more.pop("help", f"{least}–{limit}"), **more)


def size(
    heading: str, target: str, *aliases: str, places: int = 2, limit: int = 99_999, **more: Any
) -> Column:
    return Column(heading, target, cleaning.decimal(places, limit), aliases, **more)


def words(heading: str, target: str, *aliases: str, limit: int = 100, **more: Any) -> Column:
    return Column(heading, target, cleaning.text(limit), aliases, **more)


def coded(heading: str, target: str, clean: Callable[[Any], Any], *aliases: str, **more: Any) -> Column:
    return Column(heading, target, clean, aliases, **more)


def ignored(heading: str, *aliases: str) -> Column:
    return Column(heading, "", None, aliases, use=Use.IGNORED)
