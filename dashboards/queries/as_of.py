"""The same counts as the system knew them at the end of a day, from results and their history."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When

from areas.models import Area
from core.clock import end_of
from core.scope import COUNTY_DIGITS
from dashboards.queries.areas import AreaRow, Tally, no_counts
from dashboards.queries.counts import Counts, Kind, Place, villages_of
from dashboards.queries.statements import statement_of
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
        lambda: _grouped(user, year, day=day, villages=villages, prefix=inside_of, ends=ends),
    )
    for village, outcomes, band, verdict, doubtful, households, persons in rows:
        if village is not None:
            for tally in (counts.total, tallies.get(place.of(village))):
                if tally is not None:
                    tally.add(verdict, households, persons, doubtful=doubtful)
        elif outcomes is not None:
            counts.total.add_outcomes(codes, outcomes, households)
        else:
            counts.group(Kind.BAND, band).add(verdict, households, persons)
    counts.rows = [AreaRow(area, tallies[area.prefix]) for area in areas]
    return counts


# Three groupings in one pass: by village and doubt, by the outcomes, by the band of income.
_GROUPED = """
SELECT village, outcomes, COALESCE(band::text, 'none'), verdict, doubtful, count(*), sum(persons)
FROM (({standing}) UNION ALL ({overwritten})) AS stood (village, verdict, outcomes, doubtful, band, persons)
GROUP BY GROUPING SETS ((village, verdict, doubtful), (outcomes), (band, verdict))
"""


def _grouped(
    user: Any, year: int, *, day: date, villages: dict[int, str], prefix: str, ends: list[int]
) -> list[tuple]:
    moment = end_of(day)
    not_cancelled = Q(household__cancelled_on=None) | Q(household__cancelled_on__gt=day)
    parts: list[tuple[str, tuple]] = []
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
        columns = ("household__village", "verdict", "outcomes", "doubtful", "band", "persons")
        part = statement_of(found.values_list(*columns))
        if part is None:
            return []
        parts.append(part)
    (standing, first), (overwritten, second) = parts
    with connection.cursor() as cursor:
        cursor.execute(_GROUPED.format(standing=standing, overwritten=overwritten), [*first, *second])
        return cursor.fetchall()


def _band(ends: list[int]) -> Any:
    """How many ends of bands the income a person exceeds; NULL when it is not known."""
    if not ends:
        return Value(None, output_field=IntegerField())
    exceeded: Any = Value(0)
    for end in ends:
        exceeded = exceeded + Case(When(net_income__gt=F("persons") * end, then=Value(1)), default=Value(0))
    unknown = When(Q(net_income=None) | Q(persons=None), then=Value(None, output_field=IntegerField()))
    return Case(unknown, default=exceeded, output_field=IntegerField())
