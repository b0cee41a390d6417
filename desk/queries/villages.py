"""The village list: one page of rows with verdict, main test and indicators."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, FilteredRelation, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.scope import inside
from desk.conditions import Chip, HouseholdConditions
from desk.forms import INDICATOR, VillageFilterForm
from standards.exports import INCIDENCE, percent
from standards.models import StandardVersion, VillageResult
from standards.outcomes import Outcome
from standards.register import lacks_one
from villages.models import POOR_ATTRIBUTES, VillageYear

AREA_PATH = "village__area__code"


@dataclass
class VillageConditions(HouseholdConditions):
    """What the village list is narrowed to."""

    @classmethod
    def read(cls, data: QueryDict, year: int, version: StandardVersion | None) -> "VillageConditions":
        form = VillageFilterForm(data, version)
        conditions = cls(form.accepted(), year, version, form.unread(), form)
        conditions._settle_places()
        return conditions

    @property
    def sort(self) -> str:
        return self.values.get("sort") or "code"

    def fact_conditions(self) -> list[Q]:
        values = self.values
        found = [inside(AREA_PATH, values[name]) for name in ("area", "town") if name in values]
        if "poor" in values:
            poor = Q(attribute__in=POOR_ATTRIBUTES)
            found.append(poor if values["poor"] == "1" else ~poor | Q(attribute=None))
        return found

    def result_conditions(self, joined: str = "") -> list[Q]:
        found = super().result_conditions(joined)
        if "lacking" in self.values:
            found.append(lacks_one(joined))
        return found

    def words(self, name: str, names: dict[str, str]) -> str:
        if name == "lacking":
            return _("Lacking one indicator only")
        if name == "poor":
            return str(VillageFilterForm.POOR[self.values[name]])
        return super().words(name, names)


def found_villages(user: Any, conditions: VillageConditions) -> QuerySet[VillageYear]:
    """The rows of the list, unordered; a village never judged counts as no data."""
    joined = Q(village__villageresults__year=conditions.year, village__villageresults__county=F("county"))
    rows = (
        VillageYear.objects.visible_to(user)
        .filter(year=conditions.year, village__area__valid_to=None)
        .annotate(result=FilteredRelation("village__villageresults", condition=joined))
    )
    for condition in [*conditions.fact_conditions(), *conditions.result_conditions("result__")]:
        rows = rows.filter(condition)
    return rows


@dataclass
class VillageFacets:
    """Villages counted by every condition at once."""

    villages: int = 0
    poor: int = 0
    doubts: int = 0
    verdicts: Counter = field(default_factory=Counter)
    indicators: dict[str, Counter] = field(default_factory=dict)


def village_facets(rows: QuerySet[VillageYear], codes: list[str]) -> VillageFacets:
    facets = VillageFacets(indicators={code: Counter() for code in codes})
    columns = ("attribute", "result__verdict", "result__outcomes", "result__doubts")
    for attribute, verdict, outcomes, doubts in rows.order_by().values_list(*columns):
        facets.villages += 1
        facets.poor += attribute in POOR_ATTRIBUTES
        facets.doubts += bool(doubts)
        facets.verdicts[_code(verdict)] += 1
        for code, outcome in zip(codes, outcomes or [Outcome.NO_DATA] * len(codes), strict=False):
            facets.indicators[code][Outcome(outcome).code] += 1
    return facets


def _code(outcome: int | None) -> str:
    return Outcome(Outcome.NO_DATA if outcome is None else outcome).code


def villages_in_order(rows: QuerySet[VillageYear], conditions: VillageConditions) -> QuerySet[VillageYear]:
    if conditions.sort == "verdict":
        worst = Case(
            When(result__verdict=Outcome.NOT_MET, then=Value(0)),
            When(result__verdict=Outcome.MET, then=Value(2)),
            default=Value(1),
        )
        return rows.annotate(worst=worst).order_by("worst", AREA_PATH)
    if conditions.sort == "incidence":
        population = Cast(F("result__population"), FloatField())
        share = Case(
            When(result__population__gt=0, then=F("result__poor_persons") / population),
            output_field=FloatField(),
        )
        return rows.annotate(share=share).order_by(F("share").desc(nulls_last=True), AREA_PATH)
    return rows.order_by(AREA_PATH)


@dataclass(frozen=True)
class VillageRow:
    """What one line of the list shows of a village."""

    year: VillageYear
    result: VillageResult | None
    outcomes: dict[str, str]
    verdict: str
    doubtful: bool

    @property
    def area(self):
        return self.year.village.area

    @property
    def incidence(self) -> str:
        """Per cent with two decimals; empty when the population is unknown."""
        if self.result is None or self.outcomes.get(INCIDENCE) == "no_data":
            return ""
        return percent(self.result.poor_persons, self.result.population)

    @property
    def marks(self) -> list[str]:
        return list(self.outcomes.values())


def village_rows(years: list[VillageYear], codes: list[str]) -> list[VillageRow]:
    """These yearly rows with their results; one query."""
    found = VillageResult.objects.filter(
        county__in={year.county for year in years},
        village__in=[year.village_id for year in years],
        year__in={year.year for year in years},
    )
    results = {result.village_id: result for result in found}
    rows = []
    for year in years:
        result = results.get(year.village_id)
        outcomes = result.outcomes if result else [Outcome.NO_DATA] * len(codes)
        named = {code: _code(outcome) for code, outcome in zip(codes, outcomes, strict=False)}
        verdict = _code(result.verdict if result else None)
        rows.append(VillageRow(year, result, named, verdict, bool(result and result.doubts)))
    return rows


def village_chips(conditions: VillageConditions, facets: VillageFacets) -> list[Chip]:
    """Conditions to add, with the number of villages that each would leave."""
    chips = []
    if "poor" not in conditions.values:
        chips.append(Chip(_("Poor villages"), conditions.address(poor="1"), facets.poor))
    if "verdict" not in conditions.values:
        for outcome, label, icon, css in (
            ("not_met", _("Not met"), "x", "t-not"),
            ("no_data", _("No data"), "circle-dashed", "t-none"),
            ("met", _("Met"), "check", "t-met"),
        ):
            count = facets.verdicts[outcome]
            chips.append(Chip(label, conditions.address(verdict=outcome), count, icon, css))
    if "doubt" not in conditions.values:
        chips.append(Chip(_("In doubt"), conditions.address(doubt="1"), facets.doubts, "help", "t-doubt"))
    for code, name in conditions.indicator_names.items():
        if INDICATOR + code not in conditions.values:
            label = _("%(indicator)s not met") % {"indicator": name}
            address = conditions.address(**{INDICATOR + code: "not_met"})
            chips.append(Chip(label, address, facets.indicators[code]["not_met"], "x", "t-not"))
    return [chip for chip in chips if chip.count]
