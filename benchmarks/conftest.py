"""One invented county for all measurements, in a copy of the test database with real commits."""

from collections.abc import Iterator
from typing import Any

import pytest

from areas.models import Area
from areas.services import load_division_file
from benchmarks.figures import HOUSEHOLDS, QUICK, Report, run_sql, seconds
from households.generation.county import county_of, generate_county
from tests.conftest import django_db_setup  # noqa: F401
from tests.database import as_owner, cloned_database


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Collects the figures; a full run writes them down."""
    collected = Report()
    yield collected
    print(f"\n{collected.table()}")


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: F811
    with django_db_blocker.unblock(), cloned_database():
        yield


@pytest.fixture(scope="session")
def county(database: None, report: Report) -> Area:
    """The county of the article with as many invented households as are measured."""
    load_division_file()
    county = county_of("411725")
    with as_owner():
        spent = seconds(lambda: generate_county(county, HOUSEHOLDS, seed=1))
        run_sql("VACUUM ANALYZE")
    persons = "with people, identity numbers and phones"
    report.add(f"generate {HOUSEHOLDS:,} households {persons}", f"{spent:.0f} s", "" if QUICK else "< 120 s")
    return county
