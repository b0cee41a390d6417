"""The register of a year beside its results: the base of every list and count of households."""

from typing import Any

from django.db.models import BooleanField, Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from households.models import HouseholdYear
from standards.models import StandardVersion
from standards.outcomes import Outcome

RESULT = "household__householdresults"


def register(user: Any, year: int) -> QuerySet[HouseholdYear]:
    """Yearly rows of the households on the register that `user` may see, with `result` joined.

    A household that nobody has judged has no result; it counts as no data.
    """
    joined = Q(**{f"{RESULT}__year": year, f"{RESULT}__county": F("county")})
    return (
        HouseholdYear.objects.visible_to(user)
        .filter(year=year, household__cancelled_on=None)
        .annotate(result=FilteredRelation(RESULT, condition=joined))
    )


def verdict_or_no_data() -> Coalesce:
    """The verdict; no data where nothing was judged."""
    return Coalesce("result__verdict", Value(int(Outcome.NO_DATA)))


def in_doubt() -> Case:
    """Whether an open doubt lies over the verdict."""
    return Case(
        When(result__doubts__gt=0, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def outcome_filter(version: StandardVersion | None, code: str, outcome: Outcome) -> Q:
    """The condition "this indicator came out like that"."""
    codes = [indicator.code for indicator in version.gating_indicators()] if version else []
    if code not in codes:
        return Q(pk__in=[])
    found = Q(**{f"result__outcomes__{codes.index(code)}": int(outcome)})
    return found | Q(result__verdict=None) if outcome == Outcome.NO_DATA else found
