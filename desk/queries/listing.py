"""The household list in its order, a page at a time."""

from typing import Any

from django.db.models import Case, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Cast

from core.fields import to_fen
from desk.conditions import HouseholdConditions
from desk.queries.households import Facets, HouseholdRow, found_households, found_results, rows_shown
from households.models import HouseholdYear
from standards.outcomes import Outcome


def in_order(rows: QuerySet[HouseholdYear], conditions: HouseholdConditions) -> QuerySet[HouseholdYear]:
    """The rows as the list sorts them; the number settles what is equal, by results the order of entry."""
    number = ("household__county", "household__number")
    if (measure := _measure(conditions, "result__")) is not None:
        return rows.annotate(measure=measure).order_by(*_by_measure(conditions))
    if conditions.sort == "verdict":
        worst = Case(
            When(result__verdict=Outcome.NOT_MET, then=Value(0)),
            When(result__verdict=Outcome.MET, then=Value(2)),
            default=Value(1),
        )
        return rows.annotate(worst=worst).order_by("worst", *number)
    return rows.order_by(*number)


def _measure(conditions: HouseholdConditions, joined: str = "") -> Any:
    """What an order by results compares; None for the orders that need the household.

    Only results where `joined` is empty, else results that hang on a yearly row.
    """
    net, persons = F(f"{joined}net_income"), F(f"{joined}persons")
    each = Cast(net, FloatField()) / Cast(persons, FloatField())
    if conditions.sort == "income":
        return each
    if conditions.sort == "gap" and conditions.line is not None:
        line = to_fen(conditions.line)
        below = When(**{f"{joined}net_income__lte": persons * line}, then=Value(float(line)) - each)
        return Case(below, output_field=FloatField())
    return F(f"{joined}since") if conditions.sort == "changed" else None


def _by_measure(conditions: HouseholdConditions) -> tuple[Any, str]:
    """The latest change first, everything else from below; what is unknown stands last."""
    measure = F("measure")
    latest = conditions.sort == "changed"
    return measure.desc(nulls_last=True) if latest else measure.asc(nulls_last=True), "household_id"


class Found:
    """Ordered rows whose number is known already; the paginator asks for a slice of them."""

    def __init__(self, rows: QuerySet[HouseholdYear], total: int, codes: list[str]):
        self.rows, self.total, self.codes = rows, total, codes
        self.ordered = True

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[HouseholdRow]:
        keys = list(self.rows.values_list("pk", flat=True)[part])
        return rows_shown(keys, self.codes)


class FoundByResult(Found):
    """Rows in an order that results alone settle: those are narrow, and only a page's facts are read.

    Households that nobody has judged follow by number.
    """

    def __init__(self, user: Any, conditions: HouseholdConditions, facets: Facets, codes: list[str]):
        rows: QuerySet = found_households(user, conditions)
        unjudged = rows.filter(result__verdict=None).order_by("household__county", "household__number")
        super().__init__(unjudged, facets.households, codes)
        results = found_results(user, conditions).annotate(measure=_measure(conditions))
        self.judged = results.order_by(*_by_measure(conditions))
        self.number, self.year = facets.judged, conditions.year

    def __getitem__(self, part: slice) -> list[HouseholdRow]:
        keys = self._judged(part) if part.start < self.number else []
        rest = slice(max(part.start - self.number, 0), max(part.stop - self.number, 0))
        if rest.stop > rest.start:
            keys += self.rows.values_list("pk", flat=True)[rest]
        return rows_shown(keys, self.codes)

    def _judged(self, part: slice) -> list[int]:
        """The yearly rows of the results in this part of their order."""
        households = list(self.judged.values_list("household_id", flat=True)[part])
        found = HouseholdYear.objects.filter(household__in=households, year=self.year)
        key_of = dict(found.values_list("household_id", "pk"))
        return [key_of[household] for household in households if household in key_of]


def found_in_order(user: Any, conditions: HouseholdConditions, facets: Facets, codes: list[str]) -> Found:
    """The list, counted and in its order, for the paginator."""
    if _measure(conditions) is not None:
        return FoundByResult(user, conditions, facets, codes)
    rows = in_order(found_households(user, conditions), conditions)
    return Found(rows, facets.households, codes)
