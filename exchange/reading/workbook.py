"""Read a workbook safely: start the child, take its lines, end it when it takes too long."""

import datetime
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self, cast

from django.conf import settings

from exchange.reading.cells import ErrorCell, FormulaCell
from exchange.reading.words import FileProblem

SECONDS = 180

Row = tuple[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The beginning of a sheet; its rows follow."""

    index: int
    name: str
    visible: bool


def read_workbook(path: Path, *, seconds: int = SECONDS) -> Iterator[Sheet | list[Row]]:
    """Yield each sheet, then its filled rows in batches. A bad file raises `FileProblem`."""
    with Reading(path, seconds=seconds) as reading:
        yield from reading


class Reading:
    """A workbook whose child is at work from the beginning; iterating takes what it reads.

    So the next file can be opened while the rows of this one are still being staged.
    """

    def __init__(self, path: Path, *, seconds: int = SECONDS) -> None:
        self.seconds = seconds
        self.stack = ExitStack()
        self.lines, self.too_slow = self.stack.enter_context(_child(path, seconds))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stack.close()

    def __iter__(self) -> Iterator[Sheet | list[Row]]:
        index, ended = 0, False
        for line in self.lines:
            message = json.loads(line, object_hook=_cell)
            if message[0] == "problem":
                raise FileProblem(message[1], **message[2])
            if message[0] == "rows":
                yield [(number, cells) for number, cells in message[1]]
            elif message[0] == "sheet":
                yield Sheet(index, message[1], message[2])
                index += 1
            elif message[0] == "end":
                ended = True
        if self.too_slow.is_set():
            raise FileProblem("too_slow", limit=self.seconds)
        if not ended:
            raise FileProblem("too_much_memory")


@contextmanager
def _child(path: Path, seconds: int) -> Iterator[tuple[Iterator[bytes], threading.Event]]:
    command = [sys.executable, "-m", "exchange.reading.child", str(path)]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    too_slow = threading.Event()
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    output = cast(IO[bytes], process.stdout)

    def stop() -> None:
        too_slow.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield iter(output), too_slow
    finally:
        timer.cancel()
        process.kill()
        output.close()
        process.wait()


_KINDS: dict[str, Any] = {
    "d": datetime.date.fromisoformat,
    "t": datetime.datetime.fromisoformat,
    "e": ErrorCell,
    "f": FormulaCell,
}


def _cell(coded: dict[str, Any]) -> Any:
    """A date, an error or a formula, coded as an object with one letter."""
    if len(coded) == 1:
        ((kind, value),) = coded.items()
        if kind in _KINDS:
            return _KINDS[kind](value)
    return coded
