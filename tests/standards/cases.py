"""A household and a village in which every demand is met, to be spoilt one fact at a time."""

from datetime import date
from decimal import Decimal
from typing import Any

from households.models import Household
from standards.explanation import known_version
from standards.models import HouseholdResult, VillageResult
from standards.services import judge_dirty_villages, judge_households, mark_villages
from tests.makers import YEAR, make_household, make_member, make_village, make_village_year
from tests.standards.county import named_outcomes
from villages.models import Village

HOUSEHOLD_MET = {
    "persons": 3,
    "wage": Decimal("8856.01"),
    "operating": 0,
    "property_income": 0,
    "transfer": 0,
    "operating_cost": 0,
    "house_grade": "1",
}
MEMBER_MET = {"health": ["01"], "medical_insurance": True, "school_status": "01"}
VILLAGE_MET = {
    "population": 1601,
    "paved_road": True,
    "bus": True,
    "unsafe_water_households": 0,
    "difficult_water_households": 0,
    "no_living_power": 0,
    "no_production_power": 0,
    "no_broadcast_households": 0,
    "culture_centre": True,
    "reading_rooms": 1,
    "standard_clinic": True,
    "village_doctors": 1,
    "committee_broadband": True,
}


def add_member(household: Household, birth_date: date | None = date(1980, 5, 1), **facts: Any):
    """A member without secrets; insured, healthy and at home unless `facts` say otherwise."""
    return make_member(household, birth_date=birth_date, id_number="", facts=MEMBER_MET | facts)


def sound_household(members: int = 3, *, village: Village | None = None, **facts: Any) -> Household:
    """A household of grown-ups that meets all four indicators, but for the facts named here."""
    status = facts.pop("status", "poor")
    household = make_household(village=village, head=None, status=status, facts=HOUSEHOLD_MET | facts)
    for _member in range(members):
        add_member(household)
    return household


def sound_village(code: str = "999001101201", **facts: Any) -> Village:
    """A village that meets the main test and the seven indicators, but for the facts named here."""
    village = make_village(code, f"测试{code[-3:]}村")
    make_village_year(village, **(VILLAGE_MET | facts))
    return village


def result_of(household: Household, year: int = YEAR) -> HouseholdResult:
    """The household judged now."""
    judge_households([household.pk], year)
    return HouseholdResult.objects.get(household=household, year=year)


def outcomes_of(household: Household) -> dict[str, str]:
    result = result_of(household)
    return named_outcomes(result, known_version(result))


def village_result_of(village: Village, year: int = YEAR) -> VillageResult:
    """The village judged now."""
    mark_villages([village.pk], year)
    judge_dirty_villages()
    return VillageResult.objects.get(village=village, year=year)


def village_outcomes_of(village: Village) -> dict[str, str]:
    result = village_result_of(village)
    return named_outcomes(result, known_version(result))
