"""The register of a year and its results: the base of every list and count of households."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
)
from django.db.models.lookups import Exact

from core.clock import end_of
from households.models import Household, HouseholdYear
from standards.models import HouseholdResult, HouseholdResultHistory, StandardVersion
from standards.outcomes import OUTCOME_BY_CODE, Outcome

RESULT = "household__householdresults"
# From a yearly row or a result to the code of the village.
AREA_PATH = "household__village__area__code"


def register(user: Any, year: int) -> QuerySet[HouseholdYear]:
    """Yearly rows of the households on the register that `user` may see."""
    return _year_rows(user, year).exclude(household__in=_cancelled())


def register_with_results(user: Any, year: int) -> QuerySet[HouseholdYear]:
    """The same rows with `result` joined; a household that nobody has judged has none.

    For pages of rows: the join lets the index of numbers give the order.
    """
    joined = Q(**{f"{RESULT}__year": year, f"{RESULT}__county": F("county")})
    return (
        _year_rows(user, year)
        .filter(household__cancelled_on=None)
        .annotate(result=FilteredRelation(RESULT, condition=joined))
    )


def _year_rows(user: Any, year: int) -> QuerySet[HouseholdYear]:
    return HouseholdYear.objects.visible_to(user).filter(year=year)


def results(user: Any, year: int) -> QuerySet[HouseholdResult]:
    """The standing results of those households."""
    rows = HouseholdResult.objects.visible_to(user).filter(year=year)
    return rows.exclude(household__in=_cancelled())


def _cancelled() -> QuerySet[Any]:
    return Household.objects.exclude(cancelled_on=None).order_by().values("pk")


def result_of_row(year: int) -> QuerySet[HouseholdResult]:
    """The result of the outer yearly row, for `Exists`."""
    return HouseholdResult.objects.filter(
        county=OuterRef("county"), household=OuterRef("household"), year=year
    )


def row_of_result(year: int) -> QuerySet[HouseholdYear]:
    """The yearly row of the outer result, for `Exists`."""
    return HouseholdYear.objects.filter(county=OuterRef("county"), household=OuterRef("household"), year=year)


def verdict_is(code: str, joined: str = "") -> Q:
    """The condition "the verdict is `code`" on results; see `outcome_is` for `joined`."""
    found = Q(**{f"{joined}verdict": int(OUTCOME_BY_CODE[code])})
    return found | Q(**{f"{joined}verdict": None}) if joined and code == Outcome.NO_DATA.code else found


def outcome_is(version: StandardVersion | None, indicator: str, code: str, joined: str = "") -> Q:
    """The condition "this indicator came out as `code`" on results.

    With `joined` ("result__") the result may be missing; that is no data.
    """
    codes = [one.code for one in version.gating_indicators()] if version else []
    if indicator not in codes:
        return Q(pk__in=[])
    found = Q(**{f"{joined}outcomes__{codes.index(indicator)}": int(OUTCOME_BY_CODE[code])})
    return found | Q(**{f"{joined}verdict": None}) if joined and code == Outcome.NO_DATA.code else found


def facts_are(version: StandardVersion | None, known: bool, joined: str = "") -> Q:
    """The condition "every fact that gates the standard is known", or that one is not, on results.

    See `outcome_is` for `joined`; a household that nobody has judged has unknown facts.
    """
    unknown = Q(pk__in=[])
    for position, criterion in enumerate(version.criterion_list() if version else []):
        if criterion.gating:
            unknown |= Q(**{f"{joined}criteria__{position}": int(Outcome.NO_DATA)})
    if known:
        return ~unknown & Q(**{f"{joined}verdict__isnull": False})
    return unknown | Q(**{f"{joined}verdict": None}) if joined else unknown


def flipped(direction: str, day: date, joined: str = "") -> Q:
    """The condition "the verdict passed to (up) or from (down) met since the end of `day`"."""
    moment = end_of(day)
    stood = HouseholdResultHistory.objects.filter(
        county=OuterRef(f"{joined}county"),
        household=OuterRef(f"{joined}household"),
        year=OuterRef(f"{joined}year"),
        since__lte=moment,
        until__gt=moment,
    )
    met = Q(**{f"{joined}verdict": int(Outcome.MET)})
    changed = Q(**{f"{joined}since__gt": moment})
    if direction == "up":
        return changed & met & Q(Exists(stood.exclude(verdict=Outcome.MET)))
    return changed & ~met & Q(Exists(stood.filter(verdict=Outcome.MET)))


def lacks_one(joined: str = "") -> Q:
    """The condition "a single indicator is not met and every other is" on results."""
    others = Func(
        F(f"{joined}outcomes"),
        template=f"array_remove(%(expressions)s, {int(Outcome.MET)}::smallint)",
        output_field=ArrayField(SmallIntegerField()),
    )
    return Q(Exact(others, Value([int(Outcome.NOT_MET)], output_field=ArrayField(SmallIntegerField()))))
