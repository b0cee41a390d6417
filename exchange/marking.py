"""The workbook that goes back: same columns, title rows and row numbers, bad cells marked.

Up to 5,000 rows all of them come back; of a longer sheet the refused and the warned ones.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from exchange.models import ImportFile, ImportSheet, StagedRow
from exchange.reading.workbook import Row, Sheet, read_workbook
from exchange.reports import Columns, Finding, findings
from exchange.xlsx_writer import BAD, NOTED, REASON, TITLE, Cell, WorkbookWriter

ROWS_THAT_ALL_COME_BACK = 5_000


def has_marks(file: ImportFile) -> bool:
    """Whether any row of the file was refused, warned or left out."""
    return any(sheet.refused or sheet.warned or sheet.left_out for sheet in file.sheets.all())


def write_marked(file: ImportFile, original: Path, target: Path) -> None:
    """Write the marked copy of a file's recognised sheets."""
    sheets = {sheet.index: sheet for sheet in file.sheets.exclude(format="")}
    with WorkbookWriter(target) as book:
        marked: MarkedSheet | None = None
        for part in read_workbook(original):
            if isinstance(part, Sheet):
                known = sheets.get(part.index)
                marked = MarkedSheet(known, book) if known is not None else None
            elif marked is not None:
                marked.write(part)


class MarkedSheet:
    """One sheet on its way back."""

    def __init__(self, sheet: ImportSheet, book: WorkbookWriter) -> None:
        self.sheet, self.book = sheet, book
        self.columns = Columns(sheet)
        self.width = len(sheet.headings)
        self.whole = sheet.rows_read <= ROWS_THAT_ALL_COME_BACK
        self.marked = _marked_rows(sheet)
        self.upcoming = next(self.marked, None)
        self.next_row = 0
        book.begin(sheet.name or sheet.file.name.rpartition(".")[0])

    def write(self, batch: list[Row]) -> None:
        for number, cells in batch:
            while self.upcoming is not None and self.upcoming.number < number:
                self.upcoming = next(self.marked, None)
            if self.upcoming is not None and self.upcoming.number == number:
                self._write_marked(number, cells, findings(self.upcoming, self.columns))
            elif number <= (self.sheet.title_row or 0):
                self._write_title(number, cells)
            elif self.whole:
                self._put(number, list(cells))

    def _write_title(self, number: int, cells: list[Any]) -> None:
        row: list[Any] = [Cell(cell, TITLE) for cell in cells]
        if number == self.sheet.title_row:
            row += [None] * (self.width - len(row))
            row += [Cell(_("Row in your sheet"), TITLE), Cell(_("What is wrong and how to mend it"), TITLE)]
        self._put(number, row)

    def _write_marked(self, number: int, cells: list[Any], found: list[Finding]) -> None:
        row: list[Any] = list(cells) + [None] * (self.width - len(cells))
        refused = bool(self.upcoming and self.upcoming.problems)
        for finding in found:
            if finding.index is not None and finding.index < len(row):
                text = f"{finding.sentence}\n{finding.cure}"
                row[finding.index] = Cell(_value(row[finding.index]), BAD if refused else NOTED, text)
        left_out = self.upcoming is not None and self.upcoming.state == StagedRow.State.LEFT_OUT
        words = [_("Left out: this row was not ticked and was not written.")] if left_out else []
        reasons = "；".join(
            words
            + [
                f"{finding.letter} {finding.heading}：{finding.sentence}{finding.cure}".strip()
                for finding in found
            ]
        )
        self._put(number, [*row[: self.width], number, Cell(reasons, REASON)])

    def _put(self, number: int, row: list[Any]) -> None:
        # Rows of a shortened copy follow each other; those of a whole one keep their numbers.
        self.next_row = number if self.whole else self.next_row + 1
        self.book.row(self.next_row, row)


def _value(cell: Any) -> Any:
    return cell.value if isinstance(cell, Cell) else cell


def _marked_rows(sheet: ImportSheet) -> Iterator[StagedRow]:
    said = ~Q(problems=[], notes=[]) | Q(state=StagedRow.State.LEFT_OUT)
    rows = StagedRow.objects.filter(said, sheet=sheet)
    return rows.only("number", "problems", "notes", "state").order_by("number").iterator(2000)
