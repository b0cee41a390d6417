"""An invented county in which every outcome, limit and gap occurs, from a seed."""

import random
from datetime import date
from decimal import Decimal

from django.db.models import Model

from areas.models import Area
from households.codes import DropoutReason, Health, HouseGrade, SchoolStatus, Status
from standards.files import load_standard
from standards.models import StandardVersion
from standards.outcomes import Outcome
from tests.makers import make_area, make_household, make_member, make_village, make_village_year

SHIPPED = {"household": "henan-household", "village": "henan-village"}


def standards_for_tests() -> dict[str, StandardVersion]:
    """The shipped Henan standards, in force in the invented county too."""
    versions = {}
    for subject, code in SHIPPED.items():
        text = StandardVersion.objects.get(code=code, number=1).text
        text = text.replace(f'code = "{code}"', f'code = "test-{code}"').replace(
            'area_prefix = "41"', 'area_prefix = "99"'
        )
        versions[subject], _new = load_standard(text, publish=True)
    return versions


def county_area() -> Area:
    return make_area(name="测试县")


def some(chance: random.Random, value, unknown: float = 0.12):
    return None if chance.random() < unknown else value


def random_household_facts(chance: random.Random) -> dict:
    persons = chance.choice([None, 1, 2, 3, 4, 5])
    at_line = Decimal(2952) * (persons or 3)
    wage = chance.choice(
        [
            at_line,
            at_line + Decimal("0.01"),
            at_line - Decimal("0.01"),
            Decimal(chance.randrange(2_000_000)) / 100,
        ]
    )
    parts = ("family_planning", "dibao", "wubao", "pension", "ecology", "other_transfer")
    return {
        "persons": persons,
        "wage": some(chance, wage, 0.05),
        "operating": some(chance, Decimal(0), 0.05),
        "property_income": some(chance, Decimal(0), 0.05),
        "transfer": some(chance, Decimal(chance.randrange(3)) * 500, 0.3),
        "operating_cost": some(chance, Decimal(0), 0.05),
        **{part: some(chance, Decimal(chance.randrange(2)) * 100, 0.04) for part in parts},
        "food_secure": chance.choice([None, None, None, True, False]),
        "clothing_secure": chance.choice([None, None, True]),
        "stable_source": chance.choice([None, None, None, True, False]),
        "safe_water": chance.choice([None, True, True, True, False]),
        "house_grade": some(chance, chance.choice(HouseGrade.values), 0.3),
        "dilapidated": chance.choice([None, True, False, False]),
        "register_dilapidated": chance.choice([None, True, False]),
        "own_dwelling": chance.choice([None, None, None, True, False]),
    }


def random_birth_date(chance: random.Random) -> date | None:
    limits = [date(2010, 9, 1), date(2010, 9, 2), date(2000, 9, 1), date(2000, 9, 2), date(2008, 2, 29), None]
    return chance.choice(
        [*limits, date(chance.randrange(1930, 2016), chance.randrange(1, 13), chance.randrange(1, 29))]
    )


def random_person_facts(chance: random.Random) -> dict:
    return {
        "school_status": some(chance, chance.choice([*SchoolStatus.values, "01", "01"])),
        "dropout_reason": chance.choice([None, None, None, *DropoutReason.values]),
        "health": chance.choice([None, ["01"], ["02"], ["03"], ["03", "04"], [Health.DISABLED]]),
        "medical_insurance": chance.choice([None, False, *[True] * 12]),
        "serious_illness_relief": chance.choice([None, False, True, True]),
    }


def random_village_facts(chance: random.Random) -> dict:
    counts = (
        "unsafe_water_households",
        "difficult_water_households",
        "no_living_power",
        "no_production_power",
        "no_broadcast_households",
        "reading_rooms",
        "village_doctors",
        "physicians",
        "broadband_households",
    )
    answers = (
        "paved_road",
        "bus",
        "bus_feasible",
        "culture_centre",
        "standard_clinic",
        "committee_broadband",
    )
    return {
        "population": chance.choice([None, 100, 150, 200, 400]),
        "register_population": chance.choice([None, 150, 300]),
        **{name: some(chance, chance.choice([0, 0, 1, 7])) for name in counts},
        **{name: some(chance, chance.choice([True, True, False])) for name in answers},
    }


def make_random_county(seed: int, households: int = 120, villages: int = 8) -> None:
    """Villages and households with random facts; every household has 0 to 4 members."""
    chance = random.Random(seed)
    places = [make_village(f"9990011012{number:02d}", f"测试{number}村") for number in range(1, villages + 1)]
    for village in places[:-1]:
        make_village_year(village, **random_village_facts(chance))
    for _number in range(households):
        status = chance.choice([*Status.values, None])
        household = make_household(
            village=chance.choice(places), head=None, status=status, facts=random_household_facts(chance)
        )
        for _member in range(chance.randrange(5)):
            make_member(
                household,
                birth_date=random_birth_date(chance),
                id_number="",
                facts=random_person_facts(chance),
            )


def named_outcomes(result: Model, version: StandardVersion) -> dict[str, str]:
    """A stored result as outcome names by indicator code."""
    codes = [indicator.code for indicator in version.gating_indicators()]
    named = {code: Outcome(number).code for code, number in zip(codes, result.outcomes, strict=True)}
    return {**named, "verdict": Outcome(result.verdict).code}
