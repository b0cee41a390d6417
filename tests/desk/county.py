"""A small county of Henan with every outcome, for the pages that show it."""

from decimal import Decimal

from areas.models import Area, Level
from households.models import Household
from standards.services import judge_area
from tests.makers import YEAR, make_area, make_household, make_member, make_village, make_village_year

COUNTY, TOWN, NEXT_TOWN = "410001000000", "410001101000", "410001102000"
VILLAGE, OTHER_VILLAGE, NEXT_VILLAGE = "410001101201", "410001101202", "410001102201"
NOTHING = {"property_income": 0, "transfer": 0, "operating": 0, "operating_cost": 0}
RICH = {**NOTHING, "wage": Decimal("9000"), "house_grade": "1", "planned_exit_year": YEAR}
POOR = {**NOTHING, "wage": Decimal("2900"), "house_grade": "1", "main_cause": "01", "attribute": "02"}
SOUND = {
    "population": 1000,
    "attribute": "1",
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


def make_county() -> Area:
    """Six households in three villages of two townships, judged: met, not met and no data."""
    county = make_area(COUNTY, Level.COUNTY, "试县")
    here, other = make_village(VILLAGE, "甲村民委员会"), make_village(OTHER_VILLAGE, "乙村民委员会")
    there = make_village(NEXT_VILLAGE, "丙村民委员会")
    make_household("4100010000000001", village=here, head="邱中秀", facts=RICH)
    make_household("4100010000000002", village=here, head="张三", facts=POOR)
    make_household("4100010000000003", village=here, head="单小山", facts={"house_grade": "4"})
    make_household("4100010000000004", village=other, head="李四", facts=RICH)
    make_household("4100010000000005", village=there, head="王五", facts=POOR)
    make_household("4100010000000006", village=there, head="赵六", facts={})
    make_member(Household.objects.get(number="4100010000000002"), name="李小妹")
    for village in (here, there):
        make_village_year(village, **SOUND)
    make_village_year(other)
    judge_area(county, YEAR)
    return county


def numbers(response) -> list[str]:
    """The household numbers of the rows that a page of the list shows."""
    return [row.household.number[-1] for row in response.context["rows"]]
