"""A table on its way out, as CSV or as a workbook: lines above it, the heads of its columns, its rows."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.utils.http import content_disposition_header

from exchange.xlsx_writer import TITLE, Cell, WorkbookWriter
from standards.exports import plain_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(name: str) -> str:
    """The Content-Disposition of a file to keep, whatever letters its name has."""
    return content_disposition_header(True, name) or "attachment"


class _Echo:
    """A file whose writes come back, for `csv.writer` on a stream."""

    def write(self, text: str) -> str:
        return text


def csv_lines(heads: list[str], columns: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """The file in pieces, UTF-8 with the mark that spreadsheets look for."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for head in heads:
        yield writer.writerow([plain_text(head)])
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_csv_cell(value) for value in row])


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    return plain_text(value) if isinstance(value, str) else value


def xlsx_file(heads: list[str], columns: list[str], rows: Iterable[list[Any]], *, sheet: str) -> IO[bytes]:
    """A workbook written row by row; every text cell is typed as text. The caller closes the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        with WorkbookWriter(path) as book:
            book.begin(sheet)
            head = [[Cell(line, TITLE)] for line in heads] + [[Cell(column, TITLE) for column in columns]]
            for number, row in enumerate(head, start=1):
                book.row(number, row)
            for number, row in enumerate(rows, start=len(head) + 1):
                book.row(number, [_xlsx_value(value) for value in row])
        return path.open("rb")


def _xlsx_value(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
