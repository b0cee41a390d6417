"""What changed since a day: results that stood then, held against those that stand now.

Nothing is judged again: the standing results tell since when they stand, the history what stood
before (`decisions.md` 19, 25).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, QuerySet

from areas.models import Area
from core.clock import end_of
from dashboards.queries.areas import within_areas
from dashboards.queries.statements import statement_of
from standards.models import Assessment, HouseholdResultHistory, Subject
from standards.outcomes import Outcome
from standards.register import AREA_PATH, results, row_of_result

# Results that changed after the moment, each with what stood at that moment, if anything did.
_CHANGED = """
SELECT b.verdict, b.outcomes, a.verdict, a.outcomes, count(*)
FROM ({now}) a LEFT JOIN {history} b
    ON b.county = a.county AND b.household_id = a.household_id AND b.year = a.year
    AND b.since <= %s AND b.until > %s
GROUP BY 1, 2, 3, 4
"""


@dataclass
class Changes:
    """Households by verdict then and now, and those that passed from one to another."""

    day: date
    known: bool
    became: Counter = field(default_factory=Counter)  # (before, after) -> households
    gaps: int = 0  # indicators without data: more (or fewer) than then

    def moved(self, verdict: str) -> int:
        """How many more households have this verdict now; those judged for the first time count."""
        return sum(
            count * ((after == verdict) - (before == verdict))
            for (before, after), count in self.became.items()
        )

    @property
    def met_more(self) -> int:
        return self.moved("met")

    @property
    def met_more_size(self) -> int:
        return abs(self.met_more)

    @property
    def up(self) -> int:
        """Households that meet everything now and did not then."""
        return sum(count for (before, after), count in self.became.items() if _rose(before, after))

    @property
    def down(self) -> int:
        """Households that met everything then and do not now."""
        return sum(count for (before, after), count in self.became.items() if before == "met" != after)


def _rose(before: str, after: str) -> bool:
    return bool(before) and before != "met" and after == "met"


def changes_since(
    user: Any, year: int, day: date, *, areas: list[Area], inside_of: str, plan: int | None
) -> Changes:
    """The changes since the end of `day` in Shanghai; `known` is false when nothing was judged by then."""
    moment = end_of(day)
    changes = Changes(day, known=_judged_by(moment, year, inside_of))
    if not changes.known:
        return changes
    now: Any = results(user, year).filter(since__gt=moment)
    now = now.filter(within_areas(AREA_PATH, areas)) if not inside_of else now.within(inside_of)
    if plan:
        now = now.filter(Exists(row_of_result(year).filter(planned_exit_year=plan)))
    for before, outcomes, after, new_outcomes, count in _changed(now, moment):
        changes.became[Outcome(before).code if before is not None else "", Outcome(after).code] += count
        changes.gaps += count * (_unknown(new_outcomes) - _unknown(outcomes))
    return changes


def _unknown(outcomes: list[int] | None) -> int:
    return (outcomes or []).count(Outcome.NO_DATA)


def _changed(now: QuerySet, moment: datetime) -> list[tuple]:
    columns = now.order_by().values("county", "household_id", "year", "verdict", "outcomes")
    found = statement_of(columns)
    if found is None:
        return []
    sql, params = found
    statement = _CHANGED.format(now=sql, history=HouseholdResultHistory._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, moment, moment])
        return cursor.fetchall()


def _judged_by(moment: datetime, year: int, prefix: str) -> bool:
    runs = Assessment.objects.filter(
        subject=Subject.HOUSEHOLD, year=year, trial=False, state="done", finished_at__lte=moment
    )
    return (runs.filter(area__code__startswith=prefix[:6]) if prefix else runs).exists()
