"""Judge a county: the first time, all rows changed, nothing changed; against two yardsticks."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from areas.models import Area
from benchmarks.figures import HOUSEHOLDS, QUICK, SLACK, Report, run_sql, seconds
from benchmarks.row_by_row import judge_row_by_row
from households.models import Household
from standards.judging import facts_within, write_results
from standards.models import Assessment, Subject
from standards.services import version_in_force

YEAR = 2016
SAMPLE = 300 if QUICK else 2_000
RESULT = "standards_householdresult"

# Read the same facts, write and index as many rows of the same shape, and do nothing else.
BARE = """
INSERT INTO bare_result (county, year, household_id, assessment_id, version_id, since, verdict, doubts,
    outcomes, criteria, "values", net_income, persons)
SELECT county, year, household_id, %s, %s, statement_timestamp(), 1, 0,
    ARRAY[1, out_of_school, uninsured, 1]::smallint[],
    ARRAY[1, food_secure::int, clothing_secure::int, stable_source::int, safe_water::int, out_of_school,
        uninsured, ill_without_relief, house_grade::int, own_dwelling::int]::smallint[],
    ARRAY[wage + operating + property_income + transfer - operating_cost, persons, food_secure::int,
        clothing_secure::int, stable_source::int, safe_water::int, out_of_school, school_unknown, school_age,
        uninsured, insurance_unknown, members, ill_without_relief, ill_relief_unknown, seriously_ill,
        house_grade::bigint, dilapidated::int, own_dwelling::int]::bigint[],
    wage + operating + property_income + transfer - operating_cost, persons
FROM households_householdyear WHERE county = %s AND year = %s
"""
# At 20,000 rows one judging takes a tenth of a second: the best of more turns holds still.
TURNS = 7 if QUICK else 3


@dataclass(frozen=True)
class Measured:
    """Seconds of each kind of run."""

    bare: float
    bare_twice: float
    first: float
    changed: float
    unchanged: float
    row_by_row: float


def measure(county: Area, report: Report) -> Measured:
    """Judge `county` in each way, the best of a few turns; its results stand afterwards."""
    assessment = new_assessment(county)
    run_sql("VACUUM ANALYZE households_householdyear")
    turns = [_turn(county, assessment) for _turn_number in range(TURNS)]
    best = [min(times) for times in zip(*turns, strict=True)]
    found = Measured(*best, _row_by_row(assessment))
    _tell(report, found)
    return found


def _turn(county: Area, assessment: Assessment) -> tuple[float, ...]:
    """Seconds of the yardstick with one row and with two a household, of a first judging, of one with every row changed and with none."""
    facts = facts_within(Subject.HOUSEHOLD, county.prefix)
    bare, again = _bare(county, assessment), _bare(county, assessment)
    run_sql(f"TRUNCATE {RESULT}, {RESULT}history")
    first, wrote_first = timed_writing(assessment, facts)
    run_sql(f"UPDATE {RESULT} SET net_income = COALESCE(net_income, 0) + 1")
    run_sql(f"VACUUM ANALYZE {RESULT}")
    changed, wrote_all = timed_writing(assessment, facts)
    unchanged, wrote_nothing = timed_writing(assessment, facts)
    assert (wrote_first, wrote_all, wrote_nothing) == (HOUSEHOLDS, HOUSEHOLDS, 0)
    return bare, bare + again, first, changed, unchanged


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
            wrote = write_results(assessment, facts, alone=True)[1]

    return seconds(work), wrote


def _bare(county: Area, assessment: Assessment) -> float:
    """The yardstick, into a fresh table of the same shape and key."""
    run_sql("DROP TABLE IF EXISTS bare_result")
    run_sql(f"CREATE TABLE bare_result (LIKE {RESULT} INCLUDING ALL) WITH (fillfactor = 45)")
    params = [assessment.pk, assessment.version_id, county.county_number, YEAR]
    spent = seconds(lambda: run_sql(BARE, params))
    run_sql("DROP TABLE bare_result")
    return spent


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
        f"judge {rows}, every result changed: the old image and the new one, two rows each",
        f"{m.changed:.2f} s = {m.changed / m.bare_twice:.2f} × as many rows, {m.changed / m.bare:.2f} × half of them",
        "within 3 ×",
    )
    report.add(f"judge {rows}, nothing changed", f"{m.unchanged:.2f} s, 0 rows written", "0 rows")
    report.add(
        f"prefetch and save, row by row ({SAMPLE:,} households measured, extrapolated)",
        f"{m.row_by_row:.0f} s = {m.row_by_row / m.first:.0f} ×",
        ">= 100 ×",
    )


def check(m: Measured) -> None:
    """What has to be reached, with the slack of a quick run; ratios only, so any machine may measure."""
    assert m.first <= 2 * SLACK * m.bare, f"first judgement {m.first / m.bare:.1f} × the yardstick"
    assert m.changed <= 3 * SLACK * m.bare_twice, f"all changed {m.changed / m.bare_twice:.1f} × as many rows"
    assert m.row_by_row * SLACK >= 100 * m.first, f"only {m.row_by_row / m.first:.0f} × the loop"
