"""Rows of a .csv: UTF-8 with or without a mark, UTF-16 with one, or GB18030; any usual delimiter."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from exchange.reading.words import FileProblem

DELIMITERS = ",\t;|"
LINES_TO_SNIFF = 40
# Exports put an apostrophe before what a spreadsheet would take for a formula; exactly that goes.
_GUARDED = re.compile(r"'(?=[=+\-@|%\t\r\x00])")
# Office people write ="411725…" so that a long number stays text.
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def rows_of_text(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Numbered rows; every cell is text, an empty one None."""
    text = decoded(path.read_bytes())
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_unguarded(cell) for cell in cells]
    except csv.Error:
        raise FileProblem("damaged") from None


def decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    candidates = ["utf-16"] if wide else ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileProblem("unknown_encoding")


def delimiter_of(text: str) -> str:
    """The delimiter that gives the first lines the most columns."""
    lines = [line for line in text[:200_000].splitlines()[:LINES_TO_SNIFF] if line.strip()]

    def columns(delimiter: str) -> float:
        return median(len(row) for row in csv.reader(lines, delimiter=delimiter)) if lines else 0

    return max(DELIMITERS, key=columns)


def _unguarded(cell: str) -> str | None:
    if not cell:
        return None
    if cell[0] == "'":
        return _GUARDED.sub("", cell, count=1) if _GUARDED.match(cell) else cell
    if cell[0] == "=" and (match := _FORMULA_TEXT.fullmatch(cell)):
        return match.group(1)
    return cell
