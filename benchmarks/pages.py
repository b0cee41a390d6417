"""The pages that people open all day, at the size of a large county: queries and server time."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from areas.models import Area, Level
from benchmarks.figures import HOUSEHOLDS, QUICK, SLACK, Report, percentile, seconds
from core.clock import today
from households.models import Household, HouseholdYear
from tests.makers import make_user
from tests.signing_in import sign_in

TIMES = 9 if QUICK else 30
MOST_QUERIES = 30
LONGEST_MS = 300
# Pages whose kept counts are forgotten before each measurement: what the first request after a write takes.
ANEW = ("sorted and changed households, counted anew",)
FIRST_AFTER_A_SAVE = (
    "county page, first after a save",
    "county page, changes since yesterday, after a save",
    "township page, first after a save",
)


def measure(county: Area, report: Report) -> dict[str, tuple[int, float]]:
    """Queries and the 95th percentile of milliseconds, by page."""
    client = Client()
    sign_in(client, make_user("county_office", county))
    # The county was judged without the task that brings its tallies up to date; the first request does.
    client.get(reverse("dashboards:area"))
    found = {}
    for name, addresses in _pages(county).items():
        counts, times = [], []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200, address
            counts.append(len(queries))
            if name in ANEW:
                cache.clear()
            if name in FIRST_AFTER_A_SAVE:
                _save_a_household(county)
            times.append(seconds(lambda address=address: client.get(address)) * 1000)
        found[name] = (max(counts), percentile(times, 0.95))
        report.add(
            f"{name} at {HOUSEHOLDS:,} households",
            f"{min(counts)}–{max(counts)} queries, p50 {percentile(times, 0.5):.0f} ms, "
            f"p95 {found[name][1]:.0f} ms",
            f"<= {MOST_QUERIES} queries, p95 <= {LONGEST_MS} ms",
        )
    return found


def _pages(county: Area) -> dict[str, list[str]]:
    rng = Random(1)
    households = Household.objects.filter(county=county.county_number).order_by("pk")
    numbers = list(households.values_list("number", flat=True)[:5000])
    villages = list(
        Area.objects.within(county.prefix).filter(level=Level.VILLAGE).values_list("code", flat=True)
    )
    return {
        "household list": list(_lists(rng, villages)),
        "sorted and changed households, counted anew": list(_sorted_lists()),
        "household": [reverse("desk:household-detail", args=[n]) for n in rng.sample(numbers, TIMES)],
        "village list": [reverse("desk:village-list")] * 10,
        "village": [reverse("desk:village-detail", args=[code]) for code in rng.sample(villages, TIMES)],
        "county page": [reverse("dashboards:area")] * TIMES,
        "county page, first after a save": [reverse("dashboards:area")] * TIMES,
        "county page, changes since yesterday, after a save": [
            f"{reverse('dashboards:area')}?since={today() - timedelta(days=1)}"
        ]
        * TIMES,
        "township page, first after a save": [
            reverse("dashboards:area", args=[code]) for code in _townships(county)
        ],
    }


def _townships(county: Area) -> list[str]:
    found = Area.objects.within(county.prefix).filter(level=Level.TOWNSHIP).order_by("code")
    return list(found.values_list("code", flat=True)[:TIMES])


def _save_a_household(county: Area) -> None:
    """Change a fact and forget every kept count: the next request counts anew."""
    row = HouseholdYear.objects.filter(county=county.county_number).order_by("?").only("pk").first()
    assert row is not None
    HouseholdYear.objects.filter(pk=row.pk).update(main_cause="02")
    cache.clear()


def _lists(rng: Random, villages: list[str]) -> Iterator[str]:
    """The list as it comes, deep inside, filtered and sorted."""
    address = reverse("desk:household-list")
    yield address
    for _turn in range(TIMES // 3):
        yield f"{address}?page={rng.randrange(2, 200)}"
        yield f"{address}?village={rng.choice(villages)}"
        yield f"{address}?verdict=not_met&status=poor"


def _sorted_lists() -> Iterator[str]:
    """The whole county by income, by gap, by latest change, and what has changed since a day."""
    address = reverse("desk:household-list")
    for _turn in range(TIMES // 6):
        for query in ("sort=income", "sort=gap", "sort=changed", "changed=2016-10-18"):
            yield f"{address}?{query}"


def check(found: dict[str, tuple[int, float]]) -> None:
    for page, (queries, milliseconds) in found.items():
        assert queries <= MOST_QUERIES, page
        assert QUICK or milliseconds <= LONGEST_MS * SLACK, page
