"""The household list: counts for the chips, one page of rows, what each row shows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet, Sum

from desk.conditions import HouseholdConditions
from households.models import HouseholdYear
from standards.explanation import explain, known_version
from standards.kept import kept
from standards.models import Doubt, HouseholdResult, Subject
from standards.outcomes import Outcome
from standards.register import register, register_with_results, results, row_of_result

FACETS = ("status", "attribute", "main_cause", "planned_route", "planned_exit_year")


@dataclass
class Facets:
    """Rows counted by every condition at once."""

    households: int = 0
    members: int = 0
    judged: int = 0
    doubts: int = 0
    verdicts: Counter = field(default_factory=Counter)
    indicators: dict[str, Counter] = field(default_factory=dict)
    columns: dict[str, Counter] = field(default_factory=dict)


def found_households(user: Any, conditions: HouseholdConditions) -> QuerySet[HouseholdYear]:
    """The rows of the list with their results joined, unordered."""
    year = conditions.year
    rows = _meeting(register_with_results(user, year), conditions.place_conditions())
    return _meeting(rows, [*conditions.fact_conditions(), *conditions.result_conditions("result__")])


def facets_of(user: Any, conditions: HouseholdConditions) -> Facets:
    """How many rows of the list each condition would leave; kept while nothing was written."""
    return kept(user, ("facets", conditions.address()), lambda: _facets(user, conditions))


def _facets(user: Any, conditions: HouseholdConditions) -> Facets:
    """Facts and results counted apart: two narrow groupings are quicker than one over both tables."""
    codes = list(conditions.indicator_names)
    facets = Facets(
        indicators={code: Counter() for code in codes}, columns={name: Counter() for name in FACETS}
    )
    _count_facts(facets, user, conditions)
    _count_results(facets, user, conditions, codes)
    return facets


def _count_facts(facets: Facets, user: Any, conditions: HouseholdConditions) -> None:
    on_results = conditions.result_conditions("result__")
    base = register_with_results if on_results else register
    rows = _meeting(base(user, conditions.year), conditions.place_conditions())
    rows = _meeting(rows, [*conditions.fact_conditions(), *on_results])
    grouped = rows.order_by().values_list(*FACETS).annotate(Count("pk"), Sum("members"))
    for *columns, count, members in grouped:
        facets.households += count
        facets.members += members or 0
        for name, value in zip(FACETS, columns, strict=True):
            facets.columns[name][value] += count


def _count_results(facets: Facets, user: Any, conditions: HouseholdConditions, codes: list[str]) -> None:
    rows = found_results(user, conditions)
    grouped = rows.order_by().values_list("verdict", "outcomes", "doubts").annotate(Count("household"))
    for verdict, outcomes, doubts, count in grouped:
        facets.doubts += count if doubts else 0
        facets.verdicts[Outcome(verdict).code] += count
        for code, outcome in zip(codes, outcomes, strict=False):
            facets.indicators[code][Outcome(outcome).code] += count
    facets.judged = facets.verdicts.total()
    unjudged = facets.households - facets.judged
    facets.verdicts["no_data"] += unjudged
    for counts in facets.indicators.values():
        counts["no_data"] += unjudged


def found_results(user: Any, conditions: HouseholdConditions) -> QuerySet[HouseholdResult]:
    """The results of the rows of the list."""
    rows = _meeting(results(user, conditions.year), conditions.place_conditions())
    rows = _meeting(rows, conditions.result_conditions())
    on_facts = conditions.fact_conditions()
    return rows.filter(Exists(_meeting(row_of_result(conditions.year), on_facts))) if on_facts else rows


def _meeting(rows: QuerySet, conditions: list[Q]) -> QuerySet:
    for condition in conditions:
        rows = rows.filter(condition)
    return rows


@dataclass(frozen=True)
class Mark:
    """One outcome of a row, with the doubt that lies over it."""

    code: str
    outcome: str
    doubt: bool = False


@dataclass(frozen=True)
class HouseholdRow:
    """What one line of a list shows of a household."""

    year: HouseholdYear
    per_capita: Decimal | None
    verdict: str
    marks: list[Mark]
    missing: list[str]
    since: datetime | None
    doubtful: bool

    @property
    def household(self):
        return self.year.household

    @property
    def gap(self) -> str:
        return " ".join(self.missing)


def rows_shown(keys: Iterable[int], codes: list[str]) -> list[HouseholdRow]:
    """The rows with these keys in this order; three queries however many."""
    keys = list(keys)
    years = HouseholdYear.objects.filter(pk__in=keys).select_related(
        "household__village__area__parent", "household__group"
    )
    by_key = {year.pk: year for year in years}
    ordered = [by_key[key] for key in keys if key in by_key]
    return list(shown_rows(ordered, codes))


def shown_rows(years: list[HouseholdYear], codes: list[str]) -> Iterator[HouseholdRow]:
    """These yearly rows with results and doubts."""
    ids = [year.household_id for year in years]
    results = results_of(years)
    doubts = doubted(ids, years[0].year) if years else set()
    for year in years:
        yield _row(year, results.get(year.household_id), codes, doubts)


def results_of(years: list[HouseholdYear]) -> dict[int, HouseholdResult]:
    """The standing results of these rows by household."""
    if not years:
        return {}
    found = HouseholdResult.objects.filter(
        county__in={year.county for year in years},
        household__in=[year.household_id for year in years],
        year=years[0].year,
    )
    return {result.household_id: result for result in found}


def doubted(household_ids: list[int], year: int) -> set[tuple[int, str]]:
    """(household, indicator) pairs over which an open doubt lies."""
    open_doubts = Doubt.objects.filter(
        subject=Subject.HOUSEHOLD, subject_id__in=household_ids, year=year, closed_at=None
    )
    return set(open_doubts.values_list("subject_id", "indicator"))


def _row(
    year: HouseholdYear, result: HouseholdResult | None, codes: list[str], doubts: set[tuple[int, str]]
) -> HouseholdRow:
    if result is None:
        marks = [Mark(code, "no_data") for code in codes]
        return HouseholdRow(year, None, "no_data", marks, [], None, False)
    own = [indicator.code for indicator in known_version(result).gating_indicators()]
    outcomes = dict(zip(own, result.outcomes, strict=True))
    marks = [
        Mark(code, Outcome(outcomes.get(code, Outcome.NO_DATA)).code, (year.household_id, code) in doubts)
        for code in codes
    ]
    return HouseholdRow(
        year=year,
        per_capita=per_capita(result),
        verdict=Outcome(result.verdict).code,
        marks=marks,
        missing=explain(result).missing,
        since=result.since,
        doubtful=result.doubts > 0,
    )


def per_capita(result: HouseholdResult | None) -> Decimal | None:
    """Net income a person in yuan, not rounded; None when unknown."""
    if result is None or result.net_income is None or not result.persons:
        return None
    net: Decimal = result.net_income  # type: ignore[assignment]
    return net / result.persons
