"""Judge one household inside a save: time spent in the database."""

from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from areas.models import Area
from benchmarks.figures import QUICK, Report, percentile
from households.models import HouseholdYear
from households.services import save_household_year
from standards.services import judge_households

YEAR = 2016
TIMES = 40 if QUICK else 200
MOST_STATEMENTS = 6


class Watch:
    """Adds up the time of every statement on the connection."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - begun
            self.statements += 1


def in_database(work: Callable[[], object]) -> tuple[float, int]:
    """Milliseconds and statements that `work` spent in the database."""
    watch = Watch()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(watch))
        work()
    return watch.seconds * 1000, watch.statements


def measure(county: Area, report: Report) -> tuple[float, int]:
    """The median milliseconds that judging adds to a save, and its statements."""
    rng = Random(1)
    rows = list(HouseholdYear.objects.filter(county=county.county_number, year=YEAR).order_by("pk")[:50_000])
    judging, saving, statements = [], [], 0
    for row in rng.sample(rows, TIMES):
        with transaction.atomic():
            HouseholdYear.objects.filter(pk=row.pk).update(wage=rng.randrange(100, 9_000))
            spent, statements = in_database(lambda row=row: judge_households([row.household_id], YEAR))
            judging.append(spent)
        row.refresh_from_db()
        saving.append(in_database(lambda row=row: _save(row, rng))[0])
    median = percentile(judging, 0.5)
    report.add(
        "judge one household inside a save",
        f"{median:.2f} ms in the database (p95 {percentile(judging, 0.95):.2f} ms, {statements} statements)",
        "< 5 ms",
    )
    report.add(
        "save one household's year: history, tallies and judging with it",
        f"{percentile(saving, 0.5):.2f} ms in the database (p95 {percentile(saving, 0.95):.2f} ms)",
    )
    return median, statements


def _save(row: HouseholdYear, rng: Random) -> None:
    save_household_year(row, {"wage": rng.randrange(100, 9_000)}, version=row.version, user=None)


def check(found: tuple[float, int]) -> None:
    """Milliseconds belong to the machine: a quick run asserts the number of statements alone."""
    median, statements = found
    assert statements <= MOST_STATEMENTS
    assert QUICK or median < 5
