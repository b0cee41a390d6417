"""Tallies of villages: households counted once for every page that counts.

Triggers note in the transaction of each write which villages are touched (`TouchedTally`); whoever
reads counts those villages anew first. So a tally is never stale, a save costs one small row, and a
page adds up a few thousand rows instead of joining every household with its result.
"""

from decimal import Decimal

from django.db import connection, transaction

from areas.models import Area, Level
from standards.bands import limits
from standards.models import StandardVersion, Subject, TouchedTally, VillageTally

_LOCK = 0x5441

# One pass over the joined rows, grouped five times at once. `band` counts the ends that are exceeded.
_COUNT = """
INSERT INTO standards_villagetally
    (county, year, village_id, planned, kind, key, verdict, households, members)
SELECT %(county)s, %(year)s, village_id, planned,
    CASE WHEN GROUPING(doubt) = 0 THEN 'doubt' WHEN GROUPING(outcomes) = 0 THEN 'outcomes'
         WHEN GROUPING(route) = 0 THEN 'route' WHEN GROUPING(cause) = 0 THEN 'cause' ELSE 'band' END,
    CASE WHEN GROUPING(doubt) = 0 THEN doubt::int::text
         WHEN GROUPING(outcomes) = 0 THEN COALESCE(array_to_string(outcomes, ','), '')
         WHEN GROUPING(route) = 0 THEN COALESCE(route, '') WHEN GROUPING(cause) = 0 THEN COALESCE(cause, '')
         ELSE COALESCE(band::text, 'none') END,
    verdict, count(*), sum(members)
FROM (
    SELECT h.village_id, y.planned_exit_year IS NOT DISTINCT FROM y.year AS planned, y.members,
        COALESCE(r.verdict, 2) AS verdict, COALESCE(r.doubts, 0) > 0 AS doubt, r.outcomes,
        y.planned_route AS route, y.main_cause AS cause, {band} AS band
    FROM households_householdyear y
    JOIN households_household h ON h.id = y.household_id AND h.cancelled_on IS NULL
    LEFT JOIN standards_householdresult r
        ON r.county = y.county AND r.household_id = y.household_id AND r.year = y.year
    WHERE y.county = %(county)s AND y.year = %(year)s {villages}
) AS households
GROUP BY GROUPING SETS (
    (village_id, planned, verdict, doubt), (village_id, planned, verdict, outcomes),
    (village_id, planned, verdict, route), (village_id, planned, verdict, cause),
    (village_id, planned, verdict, band)
)
"""
_AT_ONCE = "64MB"  # of memory: a whole county is counted without files beside the tables


def refresh_tallies(prefix: str = "") -> int:
    """Count the touched villages of the counties with this code prefix anew; return how many counties."""
    touched = TouchedTally.objects.order_by().values_list("county", flat=True).distinct()
    counties = [county for county in touched if f"{county:06d}".startswith(prefix[:6])]
    for county in counties:
        _refresh_county(county)
    return len(counties)


@transaction.atomic
def _refresh_county(county: int) -> None:
    with connection.cursor() as cursor:
        # One at a time, so that no village is counted twice; the notes come after the lock.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, county])
        cursor.execute(
            "DELETE FROM standards_touchedtally WHERE county = %s RETURNING year, village_id", [county]
        )
        notes = set(cursor.fetchall())
    years = {year for year, _village in notes if year is not None}
    if len(years) < len({year for year, _village in notes}):
        years |= set(VillageTally.objects.filter(county=county).order_by().values_list("year", flat=True))
    for year in sorted(years):
        villages = {village for noted, village in notes if noted in (year, None)}
        _count(county, year, None if None in villages else sorted(villages))


def _count(county: int, year: int, villages: list[int] | None) -> None:
    stale = VillageTally.objects.filter(county=county, year=year)
    (stale if villages is None else stale.filter(village__in=villages)).delete()
    line = _line(county, year)
    ends = limits(line) if line is not None else []
    band = " + ".join(f"(r.net_income > {end}::bigint * r.persons)::int" for end in ends) or "NULL::int"
    statement = _COUNT.format(
        band=band, villages="" if villages is None else "AND h.village_id = ANY(%(villages)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [_AT_ONCE])
        cursor.execute(statement, {"county": county, "year": year, "villages": villages})


def _line(county: int, year: int) -> Decimal | None:
    area = Area.objects.valid().filter(level=Level.COUNTY, code__startswith=f"{county:06d}").first()
    version = area and StandardVersion.objects.in_force(Subject.HOUSEHOLD, area.code, year)
    return version.line(year) if version else None
