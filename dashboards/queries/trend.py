"""How many households met everything when each assessment ended."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Cast

from areas.models import DIGITS, Area, Level
from core.clock import business_day_of
from dashboards.queries.statements import statement_of
from standards.models import Assessment, HouseholdResult, HouseholdResultHistory, Subject
from standards.outcomes import Outcome

MOST = 12
_AT_EACH = f"""
SELECT moment, count(*) FILTER (WHERE verdict = {int(Outcome.MET)}), count(*)
FROM unnest(%s::timestamptz[]) AS run (moment)
JOIN (({{standing}}) UNION ALL ({{overwritten}})) AS stood (verdict, since, until)
    ON stood.since <= moment AND (stood.until IS NULL OR stood.until > moment)
GROUP BY moment ORDER BY moment
"""


@dataclass(frozen=True)
class Point:
    """The last assessment of one day."""

    day: date
    met: int
    judged: int


def trend(user: Any, area: Area | None, year: int) -> list[Point]:
    """The last run of each day, the oldest first.

    A county's counts are kept with each run; those inside it are counted from what stood then.
    """
    if area is None or len(area.prefix) < DIGITS[Level.COUNTY]:
        return []
    runs = _runs(area.code[:6], year)
    if area.level == Level.COUNTY:
        return [Point(day, *_counts(run)) for day, run in runs]
    moments = [run.finished_at for _day, run in runs if run.finished_at]
    return _at_each(user, area, year, moments) if moments else []


def _runs(county: str, year: int) -> list[tuple[date, Assessment]]:
    """The last runs over the whole county by day."""
    found = (
        Assessment.objects.filter(subject=Subject.HOUSEHOLD, year=year, trial=False, state="done")
        .filter(area__code=county.ljust(12, "0"))
        .exclude(counts={})
        .exclude(finished_at=None)
        .order_by("-finished_at")
    )
    days: dict[date, Assessment] = {}
    for run in found[: 4 * MOST]:
        assert run.finished_at is not None
        days.setdefault(business_day_of(run.finished_at), run)
    return sorted(days.items())[-MOST:]


def _counts(run: Assessment) -> tuple[int, int]:
    verdicts = run.counts["verdict"]
    return verdicts["met"], sum(verdicts.values())


def _at_each(user: Any, area: Area, year: int, moments: list[datetime]) -> list[Point]:
    never = Cast(Value(None), DateTimeField())
    now = _rows(HouseholdResult, user, area, year).values_list("verdict", "since", never)
    before = _rows(HouseholdResultHistory, user, area, year).values_list("verdict", "since", F("until"))
    standing_of, overwritten_of = statement_of(now), statement_of(before)
    if standing_of is None or overwritten_of is None:
        return []
    (standing, first), (overwritten, second) = standing_of, overwritten_of
    statement = _AT_EACH.format(standing=standing, overwritten=overwritten)
    with connection.cursor() as cursor:
        cursor.execute(statement, [moments, *first, *second])
        return [Point(business_day_of(moment), met, judged) for moment, met, judged in cursor.fetchall()]


def _rows(model: Any, user: Any, area: Area, year: int) -> Any:
    rows = model.objects.visible_to(user).within(area.prefix).filter(year=year)
    return rows.filter(household__cancelled_on=None).order_by()
