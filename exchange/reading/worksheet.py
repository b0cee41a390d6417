"""A look into a worksheet's XML before the reader opens it: its true size and its odd cells.

The reader keeps a sheet as one dense block, so a stray cell in row 1,048,576 would cost gigabytes,
and it gives nothing for errors and for formulas without a value. Both are found here by a scan that
holds one row at a time.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

MOST_EMPTY_ROWS = 200

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", re.DOTALL)
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_COLUMN = re.compile(rb' r="([A-Z]+)\d')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>([^<]*)</)")
_SHARED = re.compile(rb'\bt="s"')
CHUNK = 1024 * 1024


@dataclass
class SheetScan:
    """What the scan found. `cut_at` is the byte at which the table ends, when much follows it."""

    rows: int = 0
    columns: set[bytes] = field(default_factory=set)
    cut_at: int | None = None
    odd_cells: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    @property
    def widest(self) -> int:
        return max(map(column_number, self.columns), default=0)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def scan(xml: IO[bytes], blank_strings: frozenset[bytes]) -> SheetScan:
    """Walk over the rows until 200 empty ones follow each other."""
    found, last_filled, number = SheetScan(), 0, 0
    end_of_table: int | None = None
    for attributes, body, end in _rows(xml):
        stated = _ROW_NUMBER.search(attributes)
        number = int(stated.group(1)) if stated else number + 1
        if number - last_filled > MOST_EMPTY_ROWS:
            found.cut_at = end_of_table
            break
        if body and _is_filled(body, blank_strings):
            last_filled, end_of_table = number, end
            found.rows = number
            found.columns.update(_COLUMN.findall(body))
            if b"<f" in body or b":f" in body or b't="e"' in body:
                found.odd_cells.update(_odd_cells(body))
        elif end_of_table is None:
            end_of_table = end
    return found


def _rows(xml: IO[bytes]) -> Iterator[tuple[bytes, bytes, int]]:
    """Attributes, body and end position of each row, one at a time."""
    buffer, start = b"", 0
    while chunk := xml.read(CHUNK):
        buffer += chunk
        done = 0
        for match in _ROW.finditer(buffer):
            done = match.end()
            yield match.group(1), match.group(2) or b"", start + done
        buffer, start = buffer[done:], start + done


def _is_filled(body: bytes, blank_strings: frozenset[bytes]) -> bool:
    """Whether a row states anything: values, inline texts or formulas that are not only spaces."""
    if b"<is" in body or b":is" in body or b"<f" in body:
        return True
    value = _VALUE.search(body)
    if value is None:
        return False
    if not blank_strings or value.group(1) not in blank_strings:
        return bool(value.group(1).strip())
    return any(
        not (_SHARED.search(cell.group(1)) and found.group(1) in blank_strings)
        for cell in _CELL.finditer(body)
        if cell.group(2) and (found := _VALUE.search(cell.group(2)))
    )


def _odd_cells(body: bytes) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    for cell in _CELL.finditer(body):
        attributes, content = cell.group(1), cell.group(2) or b""
        reference = _REFERENCE.search(attributes)
        if not reference:
            continue
        place = int(reference.group(2)), column_number(reference.group(1))
        value = _VALUE.search(content)
        if b't="e"' in attributes:
            yield place, ("e", value.group(1).decode(errors="replace") if value else "#N/A")
            continue
        formula = _FORMULA.search(content)
        if formula and b't="str"' not in attributes and not (value and value.group(1).strip()):
            written = (formula.group(1) or b"").decode(errors="replace")
            yield place, ("f", f"={html.unescape(written)}")
