"""Households as the homes show them: head, place, verdict and the sentences of what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, FloatField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast

from core.fields import to_fen
from core.models import Change
from households.models import Household
from standards.explanation import explain
from standards.models import HouseholdResult, StandardVersion
from standards.outcomes import Outcome
from standards.register import results

# Yuan a person below the line within which a household counts as near it.
NEAR = 300


@dataclass(frozen=True)
class HouseholdLine:
    """One household of a home; without a result nobody has judged it."""

    household: Household
    result: HouseholdResult | None
    missing: list[str]

    @property
    def verdict(self) -> str:
        return Outcome(Outcome.NO_DATA if self.result is None else self.result.verdict).code

    @property
    def doubts(self) -> int:
        return self.result.doubts if self.result else 0

    @property
    def per_capita(self) -> Decimal | None:
        """Net income a person in yuan; None when unknown."""
        if self.result is None or self.result.net_income is None or not self.result.persons:
            return None
        net: Any = self.result.net_income
        return net / self.result.persons


def shown(found: QuerySet[HouseholdResult], most: int) -> list[HouseholdLine]:
    """The first of these results with their households; one query."""
    rows = found.select_related("household__village__area")[:most]
    return [HouseholdLine(row.household, row, explain(row).missing) for row in rows]


def worst_first(found: QuerySet[HouseholdResult]) -> QuerySet[HouseholdResult]:
    """Not met first, then unknown, then met; the number settles what is equal."""
    order = Case(
        When(verdict=Outcome.NOT_MET, then=Value(0)),
        When(verdict=Outcome.NO_DATA, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.annotate(order=order).order_by("order", "household__number")


def near_the_line(user: Any, year: int, version: StandardVersion | None) -> QuerySet[HouseholdResult]:
    """Results below the income line by less than `NEAR` yuan a person, the nearest first."""
    line = version.line(year) if version else None
    if line is None:
        return HouseholdResult.objects.none()
    limit, gap, persons = to_fen(line), to_fen(Decimal(NEAR)), F("persons")
    each = Cast(F("net_income"), FloatField()) / Cast(persons, FloatField())
    near = results(user, year).filter(
        persons__gt=0, net_income__lte=persons * limit, net_income__gt=persons * (limit - gap)
    )
    return near.annotate(each=each).order_by("-each", "household__number")


def granted_lines(user: Any, year: int, most: int) -> list[HouseholdLine]:
    """The households that the person may see, worst first, those never judged among the unknown."""
    judged = shown(worst_first(results(user, year)), most)
    known = {line.household.pk for line in judged}
    others: Iterable[Household] = (
        Household.objects.visible_to(user)
        .valid()
        .exclude(pk__in=known)
        .select_related("village__area")
        .order_by("number")[: max(most - len(judged), 0)]
    )
    return [*judged, *(HouseholdLine(household, None, []) for household in others)]


def saved_lately(user: Any, most: int = 5) -> list[Household]:
    """The households that this person saved last, within what they may see now."""
    changes = Change.objects.filter(user_id=user.pk, kind="household.saved").exclude(subject="")
    numbers = list(dict.fromkeys(changes.order_by("-at").values_list("subject", flat=True)[: most * 4]))
    found = Household.objects.visible_to(user).valid().filter(number__in=numbers[: most * 2])
    by_number = {household.number: household for household in found.select_related("village__area")}
    return [by_number[number] for number in numbers if number in by_number][:most]
