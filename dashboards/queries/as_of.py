"""The same counts as the system knew them at the end of a day, from results and their history."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When

from areas.models import Area
from core.clock import end_of
from core.scope import COUNTY_DIGITS
from dashboards.queries.areas import AreaRow, Tally, no_counts
from dashboards.queries.counts import NOT_RECORDED, Counts, Kind, Place, villages_of
from standards.bands import limits
from standards.kept import kept
from standards.models import HouseholdResult, HouseholdResultHistory, StandardVersion


def counts_as_of(
    user: Any, year: int, day: date, *, areas: list[Area], inside_of: str, version: StandardVersion | None
) -> Counts:
    """Verdicts, indicators and income at the end of `day`; facts of that day are not counted.

    People are those by whom the income was divided.
    """
    codes = [indicator.code for indicator in version.gating_indicators()] if version else []
    line = version.line(year) if version else None
    tallies = {area.prefix: Tally() for area in areas}
    counts = Counts([], Tally(indicators={code: no_counts() for code in codes}))
    ends = limits(line) if line is not None else []
    villages = villages_of(user, areas, inside_of)
    place = Place(tallies, villages)
    # What was known on a day that is over does not change; a year of 200,000 households takes a while.
    rows = kept(
        user,
        ("as of", year, day, inside_of, *tallies, *ends),
        lambda: list(_rows(user, year, end_of(day), villages, inside_of, ends)),
    )
    for village, verdict, outcomes, doubtful, band, households, persons in rows:
        for tally in (counts.total, tallies.get(place.of(village))):
            if tally is not None:
                tally.add(verdict, households, persons, doubtful=doubtful)
        counts.total.add_outcomes(codes, outcomes, households)
        key = NOT_RECORDED if band is None else str(band)
        counts.group(Kind.BAND, key).add(verdict, households, persons)
    counts.rows = [AreaRow(area, tallies[area.prefix]) for area in areas]
    return counts


def _rows(
    user: Any, year: int, moment: datetime, villages: dict[int, str], prefix: str, ends: list[int]
) -> Iterator[tuple]:
    not_cancelled = Q(household__cancelled_on=None) | Q(household__cancelled_on__gt=moment.date())
    for model, stood in (
        (HouseholdResult, Q(since__lte=moment)),
        (HouseholdResultHistory, Q(since__lte=moment, until__gt=moment)),
    ):
        rows: Any = model.objects.filter(not_cancelled, stood, year=year)
        if 0 < len(prefix) <= COUNTY_DIGITS:
            rows = rows.visible_to(user).within(prefix)
        else:
            rows = rows.filter(household__village__in=villages)
        doubtful = Case(When(doubts__gt=0, then=Value(True)), default=Value(False))
        found = rows.order_by().annotate(doubtful=doubtful, band=_band(ends))
        columns = found.values_list("household__village", "verdict", "outcomes", "doubtful", "band")
        yield from columns.annotate(Count("household"), Sum("persons"))


def _band(ends: list[int]) -> Any:
    """How many ends of bands the income a person exceeds; NULL when it is not known."""
    if not ends:
        return Value(None, output_field=IntegerField())
    exceeded: Any = Value(0)
    for end in ends:
        exceeded = exceeded + Case(When(net_income__gt=F("persons") * end, then=Value(1)), default=Value(0))
    unknown = When(Q(net_income=None) | Q(persons=None), then=Value(None, output_field=IntegerField()))
    return Case(unknown, default=exceeded, output_field=IntegerField())
