"""A roster's file as rows of text: the headings found, each bad cell named with its place."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.files import FileUnreadable, plain_path
from core.models import StoredFile
from exchange.cleaning import LARGEST_SAFE_NUMBER
from exchange.reading.cells import ErrorCell, FormulaCell, is_blank
from exchange.reading.words import FileProblem
from exchange.reading.workbook import Sheet, read_workbook
from exchange.rosters.columns import RosterColumn
from exchange.xlsx_writer import letters

HEADING_ROWS = 10
MOST_ROWS = 5_000
SECONDS = 30

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


@dataclass(frozen=True)
class Problem:
    """What is wrong, in words, and where: the letter and heading of the column, or the whole row."""

    sentence: str
    letter: str = ""
    heading: str = ""


@dataclass
class RosterRow:
    """One row: its number in the sheet, the text of each column, what it would do."""

    number: int
    values: dict[str, str]
    places: dict[str, tuple[str, str]]
    problems: list[Problem] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)
    state: str = NEW
    note: str = ""

    def refuse(self, name: str, sentence: str) -> None:
        self.problems.append(Problem(sentence, *self.places.get(name, ("", ""))))
        self.state = REFUSED


def read_roster(stored: StoredFile, name: str, columns: Iterable[RosterColumn]) -> list[RosterRow]:
    """The filled rows below the headings. ValidationError says why a file cannot be read at all."""
    columns = list(columns)
    try:
        with plain_path(stored, suffix=Path(name).suffix) as path:
            rows = _rows_of(path, columns)
    except FileProblem as problem:
        raise ValidationError(problem.sentence()) from None
    except FileUnreadable:
        raise ValidationError(_("The file is no longer kept. Please upload it again.")) from None
    if not rows:
        raise ValidationError(_("The sheet has no row below its headings."))
    return rows


def _rows_of(path: Path, columns: list[RosterColumn]) -> list[RosterRow]:
    found: dict[int, RosterColumn] = {}
    rows: list[RosterRow] = []
    best: list[str] = []
    for part in read_workbook(path, seconds=SECONDS):
        if isinstance(part, Sheet):
            if found:
                break
            continue
        for number, cells in part:
            if found:
                rows.append(_row(number, cells, found))
            elif number <= HEADING_ROWS:
                found, missing = _headings(cells, columns)
                best = missing if not best or len(missing) < len(best) else best
            if len(rows) > MOST_ROWS:
                message = _("At most %(count)s rows at once. Please divide the file.")
                raise ValidationError(message % {"count": MOST_ROWS})
    if not found:
        message = _("The sheet lacks these columns: %(names)s. Please use the template.")
        raise ValidationError(message % {"names": "、".join(best or [c.heading for c in columns])})
    return rows


def _headings(cells: list[Any], columns: list[RosterColumn]) -> tuple[dict[int, RosterColumn], list[str]]:
    """The columns by their place, or nothing and the names of those that are missing."""
    texts = ["" if is_blank(cell) else str(cell).strip().rstrip("*＊") for cell in cells]
    by_heading = {column.heading: column for column in columns}
    found = {place: by_heading[text] for place, text in enumerate(texts) if text in by_heading}
    known = {column.heading for column in found.values()}
    missing = [column.heading for column in columns if column.required and column.heading not in known]
    return ({} if missing else found), missing


def _row(number: int, cells: list[Any], found: dict[int, RosterColumn]) -> RosterRow:
    places = {column.field: (letters(place + 1), column.heading) for place, column in found.items()}
    row = RosterRow(number, {}, places)
    for place, column in found.items():
        cell = cells[place] if place < len(cells) else None
        try:
            row.values[column.field] = _text(cell)
        except ValidationError as error:
            row.values[column.field] = ""
            row.refuse(column.field, " ".join(error.messages))
            continue
        if column.required and not row.values[column.field]:
            row.refuse(column.field, _("This cell must not be empty."))
    return row


def _text(cell: Any) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, ErrorCell | FormulaCell):
        raise ValidationError(_("The cell shows an error or a formula without a value. Please type it."))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= LARGEST_SAFE_NUMBER:
            raise ValidationError(
                _("The number has lost its last digits. Set the cell to text, then type it again.")
            )
        return str(int(cell)) if cell == int(cell) else str(cell)
    return str(cell).strip()


def counts_of(rows: list[RosterRow]) -> dict[str, int]:
    """How many rows are new, changed, unchanged, refused; together all that were read."""
    counts = dict.fromkeys((NEW, CHANGED, UNCHANGED, REFUSED), 0)
    for row in rows:
        counts[row.state] += 1
    return counts
