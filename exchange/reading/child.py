"""The process that opens a workbook: `python -m exchange.reading.child PATH`.

It runs with caps on memory and time and writes lines of JSON: what the file is, each visible sheet,
its filled rows with their numbers, and at the end that it is the end, or the file's problem.
"""

import datetime
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MEMORY = 1536 * 1024 * 1024
SECONDS = 120
ROWS_A_LINE = 500


def say(*message: Any) -> None:
    sys.stdout.write(json.dumps(message, default=_encoded, ensure_ascii=False) + "\n")


def _encoded(value: Any) -> Any:
    """Dates of every kind; anything else a reader may invent becomes its text."""
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        return {"t": value.isoformat()} if isinstance(value, datetime.datetime) else str(value)
    return {"d": value.isoformat()}


def main(path: Path) -> None:
    from exchange.reading import container
    from exchange.reading.words import FileProblem

    try:
        kind = container.check(path)
        say("file", kind)
        if kind == "csv":
            from exchange.reading.delimited import rows_of_text

            say("sheet", "", True)
            send(rows_of_text(path))
        else:
            read_workbook(path, kind)
    except FileProblem as problem:
        say("problem", problem.code, problem.params)
    except MemoryError:
        say("problem", "too_much_memory", {})
    else:
        say("end")


def read_workbook(path: Path, kind: str) -> None:
    import python_calamine as calamine

    from exchange.reading.trimming import prepared
    from exchange.reading.words import FileProblem

    try:
        if kind == "xlsx":
            source, odd_cells = prepared(path)
        else:
            source, odd_cells = io.BytesIO(path.read_bytes()), {}
        with calamine.CalamineWorkbook.from_filelike(source) as book:
            for index, meta in enumerate(book.sheets_metadata):
                if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                visible = meta.visible == calamine.SheetVisibleEnum.Visible
                say("sheet", meta.name, visible)
                if visible:
                    send(rows_of_sheet(book.get_sheet_by_index(index), odd_cells.get(meta.name, {})))
    except calamine.PasswordError:
        raise FileProblem("encrypted") from None
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, ValueError):
        raise FileProblem("damaged") from None


def rows_of_sheet(sheet: Any, odd: dict[tuple[int, int], tuple[str, str]]) -> Iterator[tuple[int, list[Any]]]:
    """Numbered rows with the columns from A on, odd cells put in their places."""
    if sheet.start is None:
        return
    padding = [None] * sheet.start[1]
    by_row: dict[int, list[tuple[int, tuple[str, str]]]] = {}
    for (row_number, column), cell in odd.items():
        by_row.setdefault(row_number, []).append((column, cell))
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, _with_odd_cells(padding + cells, by_row.pop(number, ()))
    for later in sorted(n for n in by_row if n > number):
        yield later, _with_odd_cells([], by_row[later])


def _with_odd_cells(row: list[Any], odd: Iterable[tuple[int, tuple[str, str]]]) -> list[Any]:
    for column, (kind, text) in odd:
        row.extend([None] * (column - len(row)))
        row[column - 1] = {kind: text}
    return row


def send(rows: Iterator[tuple[int, list[Any]]]) -> None:
    """Send the filled rows in lines of some hundreds; stop when 200 empty ones follow each other."""
    from exchange.reading.cells import BLANKS
    from exchange.reading.worksheet import MOST_EMPTY_ROWS

    batch: list[tuple[int, list[Any]]] = []
    last_filled = 0
    for number, cells in rows:
        if all(cell is None or (type(cell) is str and not cell.strip(BLANKS)) for cell in cells):
            if number - last_filled > MOST_EMPTY_ROWS:
                break
            continue
        last_filled = number
        batch.append((number, cells))
        if len(batch) == ROWS_A_LINE:
            say("rows", batch)
            batch = []
    if batch:
        say("rows", batch)


def cap() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    cap()
    main(Path(sys.argv[1]))
