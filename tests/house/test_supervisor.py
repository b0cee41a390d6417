"""`make run` as a person has it: up, killed in every place, up again, down, nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0
_runs = count(1)
pytestmark = pytest.mark.slow


def wait_for(holds: Callable[[], object], what: str, run: "Run") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {PATIENCE:.0f} s\n{run.words()}")


class Run:
    """One `make run` on a data folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.log = folder.parent / f"run{next(_runs)}.log"
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "REDIS_"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "poverty.supervisor"],
            cwd=ROOT,
            env=kept
            | {"DATA_DIR": str(folder), "DEMO": "0", "STATIC_ROOT": str(folder.parent / "static")}
            | environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def words(self) -> str:
        return self.log.read_text()

    def address(self) -> str:
        found = re.search(r"https?://\S+:\d+/", self.words())
        return found[0] if found else ""

    def answer(self, path: str) -> int:
        try:
            return urllib.request.urlopen(self.address() + path, timeout=5).status
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, OSError, ValueError):
            return 0

    def ready(self) -> bool:
        return self.answer("readyz") == 200

    def processes(self, word: str) -> list[int]:
        """Live processes of this run whose command line holds `word`."""
        mark = str(self.folder)
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (place / "environ").read_bytes().decode(errors="replace")
                alive = "Z" not in (place / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if alive and word in line and (mark in line or f"DATA_DIR={mark}\0" in environment):
                found.append(int(place.name))
        return found

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(name: str = "data", **environment: str) -> Run:
        (tmp_path / name).mkdir(exist_ok=True)
        runs.append(Run(tmp_path / name / "kept", **environment))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)
        for pid in run.processes("postgres -D"):
            os.kill(pid, signal.SIGQUIT)


def test_it_survives_kills_in_every_place_and_goes_down_cleanly(start, tmp_path):
    before = {place: place.stat().st_mode for place in (tmp_path, *tmp_path.parents)}
    run = start()
    wait_for(run.ready, "the start", run)

    for word in ("gunicorn", "celery -A poverty worker", "celery -A poverty beat", "bin/postgres -D"):
        first = min(run.processes(word))
        os.kill(first, signal.SIGKILL)
        wait_for(lambda gone=first: gone not in run.processes(""), f"the death of {word}", run)
        wait_for(run.ready, f"the return of {word}", run)
        wait_for(lambda word=word: run.processes(word), f"a new {word}", run)
    run.end(signal.SIGKILL)
    wait_for(lambda: not run.processes("gunicorn"), "the end of the orphans", run)
    again = start()
    wait_for(again.ready, "the start after the supervisor was killed", again)

    assert {place: place.stat().st_mode for place in before} == before
    assert run.folder.stat().st_mode & 0o077 == 0
    assert (run.folder / "keys.json").stat().st_mode & 0o077 == 0
    assert again.end() == 0
    assert again.processes("") == []
    assert "Stopped." in again.words()


def test_two_checkouts_run_side_by_side_and_each_folder_once(start):
    one, two = start("one"), start("two")
    for run in (one, two):
        wait_for(run.ready, "the start", run)
    assert one.address() != two.address()
    port = one.address().rstrip("/").rsplit(":", 1)[1]

    again, taken = start("one"), start("three", PORT=port)

    assert (again.process.wait(30), taken.process.wait(30)) == (1, 1)
    assert "already runs" in again.words()
    assert f"Port {port} is taken" in taken.words()
    assert one.end(signal.SIGTERM) == 0
