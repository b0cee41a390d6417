"""Results of the API with their explanation."""

from dataclasses import asdict
from typing import Any

from django.db.models import F, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import ListOfPeople
from areas.api import PlaceFilters
from core.api.fields import Amount
from core.api.serializers import year_filter
from core.api.views import ObjectView, no_filters
from households.api import visible_household
from standards.api import StandardBrief
from standards.explanation import Explanation, explain, known_version
from standards.models import (
    Assessment,
    HouseholdResult,
    VillageResult,
)
from standards.outcomes import OUTCOME_BY_CODE, Outcome
from villages.api import visible_village

OUTCOMES = [(code, code) for code in ("met", "not_met", "no_data")]
PANEL_OUTCOMES = [(outcome.code, outcome.code) for outcome in Outcome]


class ResultSerializer(serializers.Serializer):
    """What judging found of one subject and year, by which standard and as of which day."""

    year = serializers.IntegerField()
    verdict = serializers.ChoiceField(OUTCOMES)
    outcomes = serializers.DictField(
        child=serializers.ChoiceField(PANEL_OUTCOMES), help_text="By code of the indicator."
    )
    doubts = serializers.IntegerField(help_text="Findings that lie over the outcomes.")
    standard = StandardBrief(allow_null=True)
    as_of = serializers.DateField(allow_null=True, help_text="The day of which the facts were judged.")
    assessment = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True, help_text="Since when the result stands.")


class HouseholdResultSerializer(ResultSerializer):
    household = serializers.IntegerField(help_text="Key of the household.")
    number = serializers.CharField()
    net_income = Amount(allow_null=True, help_text="Net income of the year in yuan that counts.")
    persons = serializers.IntegerField(allow_null=True)


class VillageResultSerializer(ResultSerializer):
    village = serializers.CharField(help_text="Code of the village.")
    poor_persons = serializers.IntegerField(allow_null=True)
    staying_persons = serializers.IntegerField(allow_null=True)
    population = serializers.IntegerField(allow_null=True)


class CriterionPanelSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    outcome = serializers.ChoiceField(PANEL_OUTCOMES)
    value = serializers.CharField()
    demand = serializers.CharField()
    clause = serializers.CharField()
    gating = serializers.BooleanField()
    gap = serializers.CharField(help_text="What is missing, in a sentence; empty when nothing is.")


class IndicatorPanelSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    outcome = serializers.ChoiceField(PANEL_OUTCOMES)
    clause = serializers.CharField()
    gating = serializers.BooleanField()
    criteria = CriterionPanelSerializer(many=True)


class ExplanationSerializer(serializers.Serializer):
    missing = serializers.ListField(child=serializers.CharField(), help_text="The shortest list of gaps.")
    indicators = IndicatorPanelSerializer(many=True)


class ExplainedHousehold(HouseholdResultSerializer):
    explanation = ExplanationSerializer(allow_null=True)


class ExplainedVillage(VillageResultSerializer):
    explanation = ExplanationSerializer(allow_null=True)


class ResultFilters(PlaceFilters):
    year = year_filter()
    verdict = serializers.ChoiceField(OUTCOMES, required=False)


def _plain(result: Any, days: dict[int, Any]) -> dict[str, Any]:
    version = known_version(result)
    codes = [indicator.code for indicator in version.gating_indicators()]
    return {
        "year": result.year,
        "verdict": Outcome(result.verdict).code,
        "outcomes": {code: Outcome(found).code for code, found in zip(codes, result.outcomes, strict=True)},
        "doubts": result.doubts,
        "standard": version,
        "as_of": days.get(result.assessment_id),
        "assessment": result.assessment_id,
        "since": result.since,
    }


def _days_of(results: list[Any]) -> dict[int, Any]:
    """The day of judgement by assessment."""
    keys = {result.assessment_id for result in results}
    return dict(Assessment.objects.filter(pk__in=keys).values_list("pk", "as_of"))


NOTHING: dict[str, Any] = {
    "verdict": Outcome.NO_DATA.code,
    "outcomes": {},
    "doubts": 0,
    "standard": None,
    "as_of": None,
    "assessment": None,
    "since": None,
}


class ResultList(ListOfPeople):
    """Standing results of one year."""

    filters = ResultFilters
    model: Any

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Any]:
        rows = self.model.objects.visible_to(user).filter(year=asked["year"])
        rows = rows.within(asked["within"]) if "within" in asked else rows
        if "verdict" in asked:
            rows = rows.filter(verdict=int(OUTCOME_BY_CODE[asked["verdict"]]))
        return rows

    def shown(self, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
        days = _days_of(rows)
        found = [self.with_figures(result, _plain(result, days)) for result in rows]
        return list(self.serializer(found, many=True).data)

    def with_figures(self, result: Any, found: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class HouseholdResultList(ResultList):
    """Standing results of the households of one year."""

    serializer = HouseholdResultSerializer
    model = HouseholdResult
    key = "household_id"

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[HouseholdResult]:
        rows = super().rows(user, asked).filter(household__cancelled_on=None)
        return rows.annotate(number=F("household__number"))

    def with_figures(self, result: Any, found: dict[str, Any]) -> dict[str, Any]:
        return found | _household_figures(result, result.number)


def _household_figures(result: HouseholdResult, number: str) -> dict[str, Any]:
    return {
        "household": result.household_id,
        "number": number,
        "net_income": result.net_income,
        "persons": result.persons,
    }


class VillageResultList(ResultList):
    """Standing results of the villages of one year."""

    serializer = VillageResultSerializer
    model = VillageResult
    key = "village_id"

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[VillageResult]:
        return super().rows(user, asked).annotate(code=F("village__area__code"))

    def with_figures(self, result: Any, found: dict[str, Any]) -> dict[str, Any]:
        return found | _village_figures(result, result.code)


def _village_figures(result: VillageResult, code: str) -> dict[str, Any]:
    return {
        "village": code,
        "poor_persons": result.poor_persons,
        "staying_persons": result.staying_persons,
        "population": result.population,
    }


class ResultDetail(ObjectView):
    """One result with its explanation; what nobody has judged is no data."""

    def explained(self, result: Any) -> dict[str, Any]:
        return _plain(result, _days_of([result])) | {"explanation": _explanation(result)}


def _explanation(result: Any) -> dict[str, Any]:
    found: Explanation = explain(result)
    return {"missing": found.missing, "indicators": [asdict(panel) for panel in found.indicators]}


class HouseholdResultDetail(ResultDetail):
    """The result of one household and year with its explanation."""

    serializer = ExplainedHousehold

    def get(self, request: Request, *, pk: int, year: int) -> Response:
        no_filters(request)
        household = visible_household(request.user, pk)
        result = HouseholdResult.objects.filter(
            county=household.county, household=household, year=year
        ).first()
        if result is not None:
            found = self.explained(result) | _household_figures(result, household.number)
        else:
            found = NOTHING | {"year": year, "explanation": None, "household": household.pk}
            found |= {"number": household.number, "net_income": None, "persons": None}
        return Response(self.serializer(found).data)


class VillageResultDetail(ResultDetail):
    """The result of one village and year with its explanation."""

    serializer = ExplainedVillage

    def get(self, request: Request, *, code: str, year: int) -> Response:
        no_filters(request)
        village = visible_village(request.user, code)
        county = village.area.county_number
        result = VillageResult.objects.filter(county=county, village=village, year=year).first()
        if result is not None:
            found = self.explained(result) | _village_figures(result, code)
        else:
            nothing = dict.fromkeys(("poor_persons", "staying_persons", "population"))
            found = NOTHING | nothing | {"year": year, "explanation": None, "village": code}
        return Response(self.serializer(found).data)
