"""What the checks of all rosters share: days, choices, keys that stand twice."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from exchange.rosters.reading import RosterRow


def day_of(row: RosterRow, name: str) -> date | None:
    """The day in a cell; what is no day is said."""
    text = row.values.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        row.refuse(name, _("“%(text)s” is no day. Write it as 2016-10-18.") % {"text": text[:20]})
        return None


def choice_of(row: RosterRow, name: str, choices: dict[str, str]) -> str:
    """The code of a word from a list, or the code itself."""
    text = row.values.get(name, "")
    if not text:
        return ""
    code = choices.get(text) or (text if text in choices.values() else "")
    if not code:
        words = "、".join(choices)
        row.refuse(name, _("“%(text)s” is not in the list: %(words)s.") % {"text": text[:20], "words": words})
    return code


def tried(row: RosterRow, name: str, find: Callable[[str], Any]) -> Any:
    """What `find` makes of a cell; its sentence stands at the cell when it cannot."""
    text = row.values.get(name, "")
    if not text:
        return None
    try:
        return find(text)
    except ValidationError as error:
        row.refuse(name, " ".join(error.messages))
        return None


def refuse_twice(rows: list[RosterRow], name: str, key: Callable[[RosterRow], Any]) -> None:
    """Every row whose key stands in another row as well."""
    counts = Counter(key(row) for row in rows if row.values.get(name))
    for row in rows:
        if row.values.get(name) and counts[key(row)] > 1:
            row.refuse(name, _("This stands in several rows of the file. Leave one."))


def too_long(row: RosterRow, **longest: int) -> None:
    """Refuse texts that do not fit their field."""
    for name, most in longest.items():
        if len(row.values.get(name, "")) > most:
            row.refuse(name, _("At most %(count)s characters.") % {"count": most})
