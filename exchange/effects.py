"""What rows that are not written yet would do to the verdict of their households."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from exchange.models import Import, StagedRow
from standards.live import verdicts_with
from standards.models import HouseholdResult, StandardVersion, Subject
from standards.outcomes import Outcome

OF_HOUSEHOLDS = ("households", "household_years")
Effect = tuple[str, str]


def effects_of(source: Import, rows: Iterable[StagedRow]) -> dict[int, Effect]:
    """Verdict before and after, by key of the row, of those of these rows whose household's would be another.

    Both sheets about a household count together, ticked or not; members are taken as they are.
    """
    if source.state != Import.State.COMPARED:
        return {}
    listed = [row for row in rows if row.format in OF_HOUSEHOLDS and row.household_id]
    found: dict[int, Effect] = {}
    for year in {row.year for row in listed}:
        of_year = [row for row in listed if row.year == year]
        verdicts = _of_year(source, year, {row.household_id for row in of_year if row.household_id})
        found |= {row.pk: verdicts[row.household_id] for row in of_year if row.household_id in verdicts}
    return found


def _of_year(source: Import, year: int, households: set[int]) -> dict[int, Effect]:
    county = source.county.county_number
    version = StandardVersion.objects.in_force(Subject.HOUSEHOLD, source.county.code, year)
    if version is None:
        return {}
    standing = HouseholdResult.objects.filter(county=county, year=year, household__in=households)
    before = dict(standing.values_list("household_id", "verdict"))
    after = verdicts_with(version, county, year, _values(source, year, households))
    return {
        household: (Outcome(before[household]).code, outcome.code)
        for household, outcome in after.items()
        if before.get(household, outcome) != outcome
    }


def _values(source: Import, year: int, households: set[int]) -> dict[int, dict[str, Any]]:
    """The new values of the yearly facts by household; 户年度信息 leads, as when they are written."""
    staged = StagedRow.objects.filter(
        source=source, year=year, format__in=OF_HOUSEHOLDS, household_id__in=households
    )
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    # Descending, 户年度信息 (household_years) comes last.
    for row in staged.exclude(diff=None).order_by("-format").only("household_id", "diff"):
        values[row.household_id or 0] |= {
            name: pair[1] for name, pair in (row.diff or {}).get("household_year", {}).items()
        }
    return values
