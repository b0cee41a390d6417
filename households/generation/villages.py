"""Yearly facts of villages: each outcome of the main test and the seven indicators occurs."""

from collections.abc import Sequence
from random import Random
from typing import Any

from households.generation.plan import deck
from households.generation.words import CHAIRS, INDUSTRIES, given_name, surname
from villages.models import VillageAttribute

Case = tuple[Any, ...]
# Columns of an indicator, then its cases with weights. None: nobody has looked.
_COUNTS: dict[Case, float] = {(0, 0): 140, (3, 0): 6, (0, 2): 6, (None, 0): 3, (None, 4): 2, (0, None): 2}
INDICATORS: dict[tuple[str, ...], dict[Case, float]] = {
    ("paved_road", "bus", "bus_feasible"): {
        (True, True, True): 80,
        (True, False, False): 8,
        (True, False, True): 4,
        (False, False, False): 3,
        (True, None, False): 1,
        (True, None, None): 2,
        (True, False, None): 1,
        (None, True, True): 1,
    },
    ("unsafe_water_households", "difficult_water_households"): _COUNTS,
    ("no_living_power", "no_production_power"): _COUNTS,
    ("no_broadcast_households",): {(0,): 85, (5,): 8, (None,): 4},
    ("culture_centre", "reading_rooms"): {
        (True, 1): 130,
        (True, 0): 8,
        (False, 1): 14,
        (True, None): 2,
        (None, 1): 3,
        (None, 0): 1,
    },
    ("standard_clinic", "village_doctors", "physicians"): {
        (True, 1, 0): 100,
        (True, 0, 1): 20,
        (True, 2, None): 8,
        (True, 0, 0): 4,
        (False, 1, 0): 8,
        (True, 0, None): 3,
        (None, 1, 0): 3,
        (None, 0, 0): 1,
    },
    ("committee_broadband", "broadband_households"): {
        (True, 40): 70,
        (False, 12): 10,
        (None, 25): 4,
        (True, None): 4,
        (False, 0): 8,
        (False, None): 2,
        (None, None): 2,
    },
}
POPULATION = {
    "usual": 170,
    "two_per_cent": 2,
    "just_below": 2,
    "just_above": 2,
    "register_only": 6,
    "unknown": 3,
}
_WITHOUT_FACTS = 0.01


def draw_village_years(rng: Random, poor: Sequence[int], is_poor: Sequence[bool]) -> list[dict[str, Any]]:
    """Facts of each village; `poor` are its people not out of poverty, `is_poor` its place on the list."""
    total = len(poor)
    columns = [(names, deck(rng, cases, total)) for names, cases in INDICATORS.items()]
    populations = deck(rng, POPULATION, total)
    villages = []
    for place in range(total):
        facts: dict[str, Any] = {}
        if place + 1 < total or total < 3:
            for names, cases in columns:
                facts |= dict(zip(names, cases[place], strict=True))
            facts |= _population(rng, populations[place], poor[place], is_poor[place])
            facts |= _rest(rng, is_poor[place], facts)
        villages.append(facts)
    return villages


def _population(rng: Random, case: str, poor: int, is_poor: bool) -> dict[str, int | None]:
    """The population, on the limit of 2 per cent and one person beside it where the case says so."""
    limits = {"two_per_cent": 0, "just_below": 1, "just_above": -1}
    if case in limits and poor:
        return {"population": 50 * poor + limits[case], "register_population": None}
    target = rng.uniform(0.03, 0.15) if is_poor else rng.uniform(0.008, 0.024)
    people = max(round(poor / target), 700 + rng.randrange(1200))
    if case == "unknown":
        return {"population": None, "register_population": None}
    if case == "register_only":
        return {"population": None, "register_population": people}
    return {"population": people, "register_population": people if is_poor else None}


def _rest(rng: Random, is_poor: bool, facts: dict[str, Any]) -> dict[str, Any]:
    people = facts["population"] or facts["register_population"] or 1500
    sex = "1" if rng.random() < 0.85 else "2"
    name = surname(rng) + given_name(rng, sex, 1970)
    attribute = VillageAttribute.POOR if is_poor else VillageAttribute.ORDINARY
    return {
        "attribute": attribute.value,
        "exited": False if is_poor else None,
        "head_name": f"{name}{rng.choice(CHAIRS)}",
        "office_phone": f"0396-{rng.randrange(7000000, 7999999)}",
        "households_total": people // 4 + 1,
        "rural_population": int(people * rng.uniform(0.9, 1)),
        "natural_villages": rng.randint(3, 18),
        "women": int(people * 0.48),
        "labour_persons": int(people * rng.uniform(0.5, 0.6)),
        "migrant_workers": int(people * rng.uniform(0.15, 0.3)),
        "road_width": rng.choice((3, 3.5, 3.5, 4, 4.5, 6, None)),
        "clinics": 1 if facts["standard_clinic"] else rng.choice((0, 1, None)),
        "collective_income": None if rng.random() < 0.1 else rng.randint(0, 800) * 100,
        "cooperatives": rng.randint(0, 4),
        "main_industry": rng.choice(INDUSTRIES),
    }
