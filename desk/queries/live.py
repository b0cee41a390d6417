"""The verdict of a form under way, by the engine that judges what is stored; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.fields import FenField, to_fen
from desk.queries.entry import YEAR_COLUMNS, EntryPage, MemberRow
from desk.queries.households import per_capita
from households.member_tallies import count_members
from households.models import HouseholdYear
from standards.explanation import Explanation, explain
from standards.live import result_with
from standards.models import HouseholdResult, StandardVersion, Subject

COUNTED = ("school_status", "dropout_reason", "health", "medical_insurance", "serious_illness_relief")


@dataclass(frozen=True)
class LiveVerdict:
    """The result as it would be, and its explanation."""

    result: HouseholdResult
    explanation: Explanation

    @property
    def per_capita(self) -> Decimal | None:
        return per_capita(self.result)

    @property
    def words(self) -> str:
        return self.explanation.verdict


def live_verdict(page: EntryPage) -> LiveVerdict | None:
    """How the household would be judged with what the page holds now; None without a standard in force.

    A field with a mistake in it counts as it is stored.
    """
    household, year = page.household, page.year.year
    version = StandardVersion.objects.in_force(Subject.HOUSEHOLD, household.village.area.code, year)
    if version is None:
        return None
    if page.data is not None:
        page.is_valid()
    result = result_with(version, household.county, household.pk, year, columns_of(page))
    return LiveVerdict(result, explain(result)) if result else None


def columns_of(page: EntryPage) -> dict[str, Any]:
    """The columns of the yearly row as `to_jsonb` would write them, members' tallies among them."""
    if not page.year_form.is_bound:
        return {}
    typed = page.year_form.column_values(page.year, YEAR_COLUMNS)
    values = {name: _as_column(HouseholdYear._meta.get_field(name), value) for name, value in typed.items()}
    return values | count_members(_counted(page), page.year.year)


def _as_column(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, FenField):
        return to_fen(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _counted(page: EntryPage) -> Iterator[dict[str, Any]]:
    last_day = date(page.year.year, 12, 31)
    for row in page.members:
        if (row.form.is_bound or row.membership) and _belongs(row, last_day):
            yield _facts_of(row)


def _belongs(row: MemberRow, last_day: date) -> bool:
    """Whether the member counts: of the household on 31 December."""
    if row.membership is None:
        joined = row.form.cleaned_data.get("from_day")
        return joined is not None and joined <= last_day
    left = row.form.cleaned_data.get("leave_day") if row.form.leaves else row.membership.to_day
    return left is None or left > last_day


def _facts_of(row: MemberRow) -> dict[str, Any]:
    typed = row.form.column_values(row.facts, COUNTED) if row.form.is_bound else {}
    return {name: getattr(row.facts, name, None) for name in COUNTED} | typed | {"birth_date": row.born}
