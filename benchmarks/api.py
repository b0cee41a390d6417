"""A thousand rows through the interface for programs, at the size of a large county."""

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from benchmarks.figures import HOUSEHOLDS, QUICK, SLACK, Report, percentile, seconds
from tests.api.asking import Program
from tests.makers import make_user

ROWS, TIMES = 1000, 10
OF_THE_YEAR = "&year=2016"
LISTS = {"households": "", "household-years": OF_THE_YEAR, "household-results": OF_THE_YEAR, "members": ""}
LONGEST = 1.0
MOST_QUERIES = 12


def measure(county: Area, report: Report) -> dict[str, tuple[int, float]]:
    """Queries and the slowest of ten following pages in seconds, by list."""
    with override_settings(API_PER_MINUTE=10**6):
        program = Program(make_user("county_office", county))
        found = {name: _pages(program, f"/{name}/?limit={ROWS}{year}") for name, year in LISTS.items()}
    for name, (queries, longest) in found.items():
        report.add(
            f"API: {ROWS:,} rows of {name} at {HOUSEHOLDS:,} households",
            f"{queries} queries, p95 {longest * 1000:.0f} ms",
            f"<= {MOST_QUERIES} queries, <= 1 s",
        )
    return found


def _pages(program: Program, path: str) -> tuple[int, float]:
    most, times = 0, []
    for _page in range(TIMES):
        answers = []
        with CaptureQueriesContext(connection) as queries:
            times.append(seconds(lambda path=path, answers=answers: answers.append(program.get(path).json())))
        most = max(most, len(queries))
        assert len(answers[0]["results"]) == ROWS
        path = answers[0]["next"].removeprefix("/api/v1")
    return most, percentile(times, 0.95)


def check(found: dict[str, tuple[int, float]]) -> None:
    for name, (queries, longest) in found.items():
        assert queries <= MOST_QUERIES, name
        assert QUICK or longest <= LONGEST * SLACK, name
