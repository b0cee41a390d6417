"""Judge a province of 2.2 million households: the time grows with the rows and no faster."""

from areas.models import Area
from benchmarks.figures import HOUSEHOLDS, QUICK, SLACK, Report, run_sql, seconds
from benchmarks.judge_households import RESULT, YEAR
from households.generation import province
from households.generation.province import add_copy, county_codes, generate_tallies
from households.generation.writing import generated_change
from standards.services import judge_area
from tests.database import as_owner
from tests.standards.county import standards_for_tests

TIMES_MORE = 11
COUNTIES = 2 if QUICK else 10
PER_COUNTY = HOUSEHOLDS // COUNTIES


def measure(report: Report) -> float:
    """How many times longer eleven times the households take, judged county by county."""
    province.PER_COUNTY = PER_COUNTY
    codes = county_codes(COUNTIES * TIMES_MORE)
    standards_for_tests()
    with as_owner():
        begun = seconds(lambda: generate_tallies(HOUSEHOLDS, seed=1))
        _tidy()
    few = seconds(lambda: _judge(codes[:COUNTIES]))
    report.add(f"judge {HOUSEHOLDS:,} households and their villages, in {COUNTIES} counties", f"{few:.2f} s")
    with as_owner():
        begun += seconds(lambda: _grow(codes))
        run_sql(f"TRUNCATE {RESULT}, standards_villageresult")
        _tidy()
    many = seconds(lambda: _judge(codes))
    rows = f"{HOUSEHOLDS * TIMES_MORE:,} households"
    report.add(f"generate {rows}, yearly rows with tallies only", f"{begun:.0f} s")
    report.add(
        f"judge {rows} and their villages, county by county",
        f"{many:.1f} s = {many / few:.1f} ×",
        f"11 ± 2 × as long as {HOUSEHOLDS:,}",
    )
    return many / few


def _grow(codes: list[str]) -> None:
    with generated_change("households.generated"):
        for code in codes[COUNTIES:]:
            add_copy(codes[0], code, year=YEAR, households=PER_COUNTY)


def _tidy() -> None:
    run_sql("VACUUM ANALYZE households_householdyear, households_household, standards_householdresult")


def _judge(codes: list[str]) -> None:
    for code in codes:
        judge_area(Area.objects.get(code=f"{code}000000"), YEAR)


def check(factor: float) -> None:
    """Linear; a quick run is short enough for chance to show."""
    assert QUICK or 11 - 2 * SLACK <= factor <= 11 + 2 * SLACK
