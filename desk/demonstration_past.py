"""The demonstration's earlier assessments: at each progress meeting a few more households meet everything.

Standing results and their history are written as twenty-day runs would have left them, so that trends,
changes since a day and earlier days have something to show.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from areas.models import Area
from core.clock import end_of, today
from standards.models import Assessment, StandardVersion, Subject
from standards.outcomes import Outcome

# Of the households that meet everything now, the share that did so at each meeting, the oldest first.
SHARES = (0.21, 0.34, 0.47, 0.58, 0.67, 0.73, 0.79, 0.88)
DAYS_BETWEEN = 20
HOUR = timedelta(hours=18)  # before the end of the day: judged at 6 in the morning
# Of 1,000 households that do not meet everything now, those that did until after the last meeting.
FELL_BACK = 8

# A number of each household between 0 and 999 that is the same at every start.
_LOT = "(household_id * 7919 %% 1000)"
_WRITE = f"""
WITH past AS (
    SELECT r.*, {_LOT} AS lot,
        (SELECT moment FROM unnest(%(moments)s::timestamptz[], %(shares)s::float[]) AS run (moment, share)
         WHERE {_LOT} < share * 1000 ORDER BY moment LIMIT 1) AS reached
    FROM standards_householdresult r WHERE r.county = %(county)s AND r.year = %(year)s
), turned AS (
    -- Met now: not met because of income until it was reached (today, when at no earlier meeting).
    SELECT county, household_id, year, NULLIF(reached, %(first)s) AS until, reached, 0 AS before
    FROM past WHERE verdict = 1
    UNION ALL
    -- Not met now because of income alone: a few met everything until after the last meeting.
    SELECT county, household_id, year, %(last)s, %(last)s, 1
    FROM past WHERE verdict = 0 AND outcomes = '{{0,1,1,1}}' AND lot < %(fell)s
), moved AS (
    INSERT INTO standards_householdresulthistory (county, household_id, year, since, until, verdict, doubts,
        outcomes, criteria, "values", net_income, persons, assessment_id, version_id)
    SELECT r.county, r.household_id, r.year, %(first)s, COALESCE(t.until, r.since), t.before, 0,
        t.before || r.outcomes[2:], t.before || r.criteria[2:], r."values",
        CASE WHEN t.before = 0 THEN r.net_income * 2 / 5 ELSE r.net_income * 2 END, r.persons,
        r.assessment_id, r.version_id
    FROM turned t JOIN standards_householdresult r USING (county, household_id, year)
    WHERE t.reached IS DISTINCT FROM %(first)s
    ON CONFLICT DO NOTHING
)
UPDATE standards_householdresult r SET since = COALESCE(
    (SELECT reached FROM turned t WHERE t.household_id = r.household_id),
    CASE WHEN r.verdict = 1 THEN r.since ELSE %(first)s END)
WHERE r.county = %(county)s AND r.year = %(year)s
"""
_STOOD = """
SELECT verdict, outcomes FROM standards_householdresult WHERE county = %s AND year = %s AND since <= %s
UNION ALL
SELECT verdict, outcomes FROM standards_householdresulthistory
WHERE county = %s AND year = %s AND since <= %s AND until > %s
"""


@transaction.atomic
def invent_past(county: Area, year: int, version: StandardVersion) -> None:
    """Write the earlier runs once; a county that was judged more than once is left as it is."""
    runs = Assessment.objects.filter(area=county, year=year, subject=Subject.HOUSEHOLD)
    if runs.count() != 1:
        return
    moments = meetings()
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "moments": moments,
                "shares": list(SHARES),
                "county": county.county_number,
                "year": year,
                "first": moments[0],
                "last": moments[-1] + timedelta(days=2),
                "fell": FELL_BACK,
            },
        )
    for moment in moments:
        _run(county, year, version, moment)


def meetings() -> list[datetime]:
    """The mornings of the progress meetings before today, the oldest first."""
    days = [today() - timedelta(days=DAYS_BETWEEN * back) for back in range(len(SHARES), 0, -1)]
    return [end_of(day) - HOUR for day in days]


def _run(county: Area, year: int, version: StandardVersion, moment: datetime) -> None:
    codes = [indicator.code for indicator in version.gating_indicators()]
    counts: dict[str, Counter[str]] = {
        code: Counter({"met": 0, "not_met": 0, "no_data": 0}) for code in [*codes, "verdict"]
    }
    found = _stood(county, year, moment)
    for verdict, outcomes in found:
        counts["verdict"][Outcome(verdict).code] += 1
        for code, outcome in zip(codes, outcomes, strict=False):
            counts[code][Outcome(outcome).code] += 1
    Assessment.objects.create(
        subject=Subject.HOUSEHOLD,
        area=county,
        year=year,
        as_of=today(),
        version=version,
        state=Assessment.State.DONE,
        started_at=moment - timedelta(seconds=1),
        finished_at=moment,
        judged=len(found),
        counts={code: dict(counted) for code, counted in counts.items()},
    )


def _stood(county: Area, year: int, moment: datetime) -> list[Any]:
    with connection.cursor() as cursor:
        key: list[Any] = [county.county_number, year, moment]
        cursor.execute(_STOOD, [*key, *key, moment])
        return cursor.fetchall()
