"""Judge a county: the first time, all rows changed, nothing changed; against two yardsticks."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from areas.models import Area
from benchmarks.figures import HOUSEHOLDS, QUICK, SLACK, Report, run_sql, seconds
from benchmarks.row_by_row import judge_row_by_row
from households.models import Household
from standards.judging import facts_within, write_results
from standards.models import Assessment, HouseholdResult, Subject
from standards.services import version_in_force

YEAR = 2016
SAMPLE = 300 if QUICK else 2_000
RESULT = "standards_householdresult"

# As many rows as there are facts, of the same shape, with the same key: what any judging must do.
BARE = """
INSERT INTO bare_result (county, year, household_id, assessment_id, version_id, since, verdict, doubts,
    outcomes, criteria, "values", net_income, persons)
SELECT county, year, household_id, %s, %s, statement_timestamp(), 1, 0,
    ARRAY[1, 1, 1, 1]::smallint[], array_fill(1::smallint, ARRAY[%s]),
    array_fill(COALESCE(wage, 0) + COALESCE(operating, 0), ARRAY[%s]), wage, members
FROM households_householdyear WHERE county = %s AND year = %s
"""


@dataclass(frozen=True)
class Measured:
    """Seconds of each kind of run."""

    bare: float
    first: float
    changed: float
    unchanged: float
    row_by_row: float


def measure(county: Area, report: Report) -> Measured:
    """Judge `county` in each way; its results stand afterwards."""
    assessment = new_assessment(county)
    facts = facts_within(Subject.HOUSEHOLD, county.prefix)
    run_sql(f"TRUNCATE {RESULT}, {RESULT}history")
    run_sql("VACUUM ANALYZE households_householdyear")
    first, wrote_first = timed_writing(assessment, facts)
    bare = _bare(county, assessment)
    unchanged, wrote_nothing = timed_writing(assessment, facts)
    run_sql(f"UPDATE {RESULT} SET net_income = COALESCE(net_income, 0) + 1")
    run_sql(f"VACUUM ANALYZE {RESULT}")
    changed, wrote_all = timed_writing(assessment, facts)
    loop = _row_by_row(assessment)
    _tell(report, Measured(bare, first, changed, unchanged, loop))
    assert (wrote_first, wrote_all, wrote_nothing) == (HOUSEHOLDS, HOUSEHOLDS, 0)
    return Measured(bare, first, changed, unchanged, loop)


def new_assessment(county: Area) -> Assessment:
    version = version_in_force(Subject.HOUSEHOLD, county, YEAR)
    return Assessment.objects.create(
        subject=Subject.HOUSEHOLD, area=county, year=YEAR, as_of="2016-12-31", version=version,
        started_at=timezone.now(),
    )  # fmt: skip


def timed_writing(assessment: Assessment, facts) -> tuple[float, int]:
    """Seconds of one judging in a transaction of its own, and the rows it wrote."""
    wrote = 0

    def work() -> None:
        nonlocal wrote
        with transaction.atomic():
            wrote = write_results(assessment, facts)[1]

    return seconds(work), wrote


def _bare(county: Area, assessment: Assessment) -> float:
    """The better of two runs into a fresh table of the same shape."""
    row = HouseholdResult.objects.filter(county=county.county_number).first()
    times = []
    for _turn in range(2):
        run_sql("DROP TABLE IF EXISTS bare_result")
        run_sql(f"CREATE TABLE bare_result (LIKE {RESULT} INCLUDING ALL) WITH (fillfactor = 45)")
        params = [assessment.pk, assessment.version_id, len(row.criteria), len(row.values)]
        params += [county.county_number, YEAR]
        times.append(seconds(lambda params=params: run_sql(BARE, params)))
    run_sql("DROP TABLE bare_result")
    return min(times)


def _row_by_row(assessment: Assessment) -> float:
    """Seconds for all households, from a sample, rolled back."""
    ids = list(Household.objects.order_by("pk").values_list("pk", flat=True)[:SAMPLE])
    with transaction.atomic():
        spent = seconds(lambda: judge_row_by_row(ids, YEAR, assessment))
        transaction.set_rollback(True)
    return spent * HOUSEHOLDS / len(ids)


def _tell(report: Report, m: Measured) -> None:
    rows = f"{HOUSEHOLDS:,} households"
    report.add(f"scan the facts, write and index {rows}, nothing else", f"{m.bare:.2f} s", "the yardstick")
    report.add(f"judge {rows} the first time", f"{m.first:.2f} s = {m.first / m.bare:.2f} ×", "within 2 ×")
    report.add(
        f"judge {rows}, every result changed", f"{m.changed:.2f} s = {m.changed / m.bare:.2f} ×", "within 3 ×"
    )
    report.add(f"judge {rows}, nothing changed", f"{m.unchanged:.2f} s, 0 rows written", "0 rows")
    report.add(
        f"prefetch and save, row by row ({SAMPLE:,} households measured, extrapolated)",
        f"{m.row_by_row:.0f} s = {m.row_by_row / m.first:.0f} ×",
        ">= 100 ×",
    )


def check(m: Measured) -> None:
    """What has to be reached, with the slack of a quick run.

    At 20,000 rows the yardstick is a few hundredths of a second, so a quick run only shows these two.
    """
    assert QUICK or m.first <= 2 * SLACK * m.bare
    assert QUICK or m.changed <= 3 * SLACK * m.bare
    assert m.row_by_row >= 100 / SLACK * m.first
