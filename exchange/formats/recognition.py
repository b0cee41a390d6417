"""Which format a sheet is, by its headings alone, wherever in the first rows they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from exchange.cleaning import Cleaner, shown
from exchange.formats import FORMATS, Column, Format, Use
from exchange.formats.columns import heading_key
from exchange.formats.lists import RELATION
from exchange.reading.cells import is_blank

ROWS_SEARCHED = 30
FEWEST_COLUMNS = 3
WEIGHT_OF_A_MARK = 3

Row = tuple[int, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A column of the format at its place in the sheet."""

    index: int
    column: Column
    clean: Cleaner | None
    heading: str


@dataclass
class Recognised:
    """A sheet whose format is known."""

    format: Format
    title_row: int
    places: list[Place]
    headings: list[str]
    unknown: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        found = {place.column.heading for place in self.places}
        unimportant = (Use.IGNORED, Use.CHECKS)
        return [
            column.heading
            for column in self.format.columns
            if column.use not in unimportant and not column.extra and column.heading not in found
        ]

    @property
    def score(self) -> int:
        return sum(1 + WEIGHT_OF_A_MARK * place.column.marks for place in self.places)


def recognise(rows: Sequence[Row]) -> Recognised | None:
    """The best fitting format of a sheet that begins with `rows`; None when none fits."""
    candidates = [
        found
        for position, (number, cells) in enumerate(rows[:ROWS_SEARCHED])
        for sheet in FORMATS.values()
        if (found := _fit(sheet, number, cells)) is not None
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda found: found.score)
    rivals = [
        found for found in candidates if found.title_row == best.title_row and found.score >= best.score - 2
    ]
    return best if len(rivals) == 1 else _decided_by_rows(best, rivals, rows)


def _fit(sheet: Format, number: int, cells: Sequence[Any]) -> Recognised | None:
    places, unknown, taken = [], [], set()
    headings = ["" if is_blank(cell) else shown_heading(cell) for cell in cells]
    for index, heading in enumerate(headings):
        if not heading:
            continue
        column, unit = sheet.column(heading)
        if column is None or column.heading in taken:
            unknown.append(heading)
            continue
        taken.add(column.heading)
        places.append(Place(index, column, column.cleaner(unit), heading))
    if len(places) < FEWEST_COLUMNS or not taken.issuperset(sheet.required):
        return None
    if not any(place.column.marks or place.column.use in (Use.LEADS, Use.FILLS) for place in places):
        return None
    if sheet.subject == "villages" and not any(place.column.marks for place in places):
        return None
    return Recognised(sheet, number, places, headings, unknown)


def shown_heading(cell: Any) -> str:
    return "".join(shown(cell).split())


def _decided_by_rows(best: Recognised, rivals: list[Recognised], rows: Sequence[Row]) -> Recognised:
    """贫困户 and 贫困人口 share most headings: a sheet with spouses and children is one of members."""
    by_code = {found.format.code: found for found in rivals}
    if not {"households", "persons"} <= by_code.keys():
        return best
    members = by_code["persons"]
    relation = next((p.index for p in members.places if p.column.heading == "与户主关系"), None)
    if relation is None:
        return best
    for number, cells in rows:
        if number > members.title_row and relation < len(cells) and not is_blank(cells[relation]):
            if RELATION.find(shown(cells[relation])) not in ("01", None):
                return members
    return by_code["households"]


TOTALS = frozenset(("合计", "总计", "小计", "共计", "总合计"))
_FOOTNOTES = (
    "填表人",
    "填报人",
    "制表",
    "审核人",
    "填表单位",
    "填报单位",
    "填表说明",
    "备注:",
    "注:",
    "说明:",
)


def is_no_row(cells: Sequence[Any], found: Recognised) -> bool:
    """A row of totals, a repeated heading or a signature line under the table."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str):
        return False
    kind = _kind_of_line(first)
    if kind == "footnote":
        return sum(not is_blank(cell) for cell in cells) <= 6
    return kind == "totals" or _repeats_headings(cells, found)


@lru_cache(maxsize=4096)
def _kind_of_line(first: str) -> str:
    key = heading_key(first)
    if key in TOTALS or key.rstrip("()") in TOTALS:
        return "totals"
    written = first.strip()
    return "footnote" if key.startswith(_FOOTNOTES) or written.startswith(("备注", "注：", "说明：")) else ""


def _repeats_headings(cells: Sequence[Any], found: Recognised) -> bool:
    for place in found.places[:4]:
        cell = cells[place.index] if place.index < len(cells) else None
        if not isinstance(cell, str) or shown_heading(cell) != place.heading:
            return False
    return True
