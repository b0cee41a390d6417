"""What a run measured: printed as a table and, after a full run, written to docs/performance.md."""

import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

QUICK = os.environ.get("QUICK", "") not in ("", "0")
HOUSEHOLDS = 20_000 if QUICK else 200_000
# A quick run has small tables, and other work beside it: its ratios get slack.
SLACK = 2 if QUICK else 1


@dataclass(frozen=True)
class Figure:
    """One line: the work, what was measured, what is to be reached."""

    work: str
    measured: str
    reach: str = ""


@dataclass
class Report:
    """The figures of one run."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, work: str, measured: str, reach: str = "") -> None:
        self.figures.append(Figure(work, measured, reach))
        print(f"  {work}: {measured}{f'  (reach: {reach})' if reach else ''}", flush=True)

    def table(self) -> str:
        lines = ["| work | measured | reach |", "| --- | --- | --- |"]
        lines += [f"| {one.work} | {one.measured} | {one.reach} |" for one in self.figures]
        return "\n".join(lines)

    def write(self) -> None:
        """Put the table between the marks of docs/performance.md."""
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        _old, after = rest.split(END)
        new = f"{BEGIN}\n\n{self._where()}\n\n{self.table()}\n\n{END}"
        PAGE.write_text(before + new + after, encoding="utf-8")

    def _where(self) -> str:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
        return (
            f"Commit {commit or 'unknown'}, {date.today().isoformat()}, {HOUSEHOLDS:,} households, "
            f"PostgreSQL {version}, Python {platform.python_version()}, {os.cpu_count()} processors."
        )


def seconds(work: Callable[[], object]) -> float:
    """How long the call took."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def run_sql(sql: str, params: list | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
