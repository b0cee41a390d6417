"""House, land and living conditions of one household's year."""

from random import Random
from typing import Any

# (house grade, the yearly sheet's flag, the register's flag): 1 and 2 are safe, 3 and 4 are not.
HOUSING: dict[str, tuple[str | None, bool | None, bool | None]] = {
    "grade_a": ("1", False, False),
    "grade_b": ("2", False, False),
    "grade_c": ("3", True, True),
    "grade_d": ("4", True, True),
    "grade_c_flag_differs": ("3", False, True),
    "grade_b_flag_differs": ("2", True, False),
    "flag_safe": (None, False, None),
    "flag_dangerous": (None, True, None),
    "register_safe": (None, None, False),
    "register_dangerous": (None, None, True),
    "unknown": (None, None, None),
}
CASES = {
    "grade_a": 390,
    "grade_b": 400,
    "grade_c": 52,
    "grade_d": 24,
    "grade_c_flag_differs": 4,
    "grade_b_flag_differs": 6,
    "flag_safe": 30,
    "flag_dangerous": 5,
    "register_safe": 20,
    "register_dangerous": 4,
    "unknown": 12,
}
DANGEROUS = ("grade_c", "grade_d", "grade_c_flag_differs")


def yes_no(rng: Random, yes: float, unknown: float = 0.02) -> bool | None:
    """Yes with this chance, unknown with that one."""
    chance = rng.random()
    return None if chance < unknown else chance < unknown + yes * (1 - unknown)


def draw_home(rng: Random, case: str, persons: int) -> dict[str, Any]:
    """Housing, water, power, road, fuel and land; None where nobody has looked."""
    grade, flag, register_flag = HOUSING[case]
    area = None if rng.random() < 0.02 else round(persons * rng.uniform(14, 34) + 12, 1)
    water = yes_no(rng, 0.965)
    return {
        "house_grade": grade,
        "dilapidated": flag,
        "register_dilapidated": register_flag,
        "house_area": area,
        "own_dwelling": _asked(rng, 0.10, 0.97),
        "food_secure": _asked(rng, 0.12, 0.985),
        "clothing_secure": _asked(rng, 0.12, 0.985),
        "stable_source": _asked(rng, 0.12, 0.97),
        "safe_water": water,
        "register_safe_water": water if rng.random() < 0.97 else None,
        "water_difficult": None if water is None else not water,
        **_conditions(rng),
        **_land(rng, persons),
    }


def _asked(rng: Random, asked: float, yes: float) -> bool | None:
    """An answer that few were asked for."""
    return rng.random() < yes if rng.random() < asked else None


def _conditions(rng: Random) -> dict[str, Any]:
    return {
        "production_power": yes_no(rng, 0.97),
        "living_power": yes_no(rng, 0.998),
        "broadcast": yes_no(rng, 0.97),
        "road_distance": round(rng.expovariate(1.2), 2) if rng.random() < 0.96 else None,
        "road_type": rng.choices(("01", "02", "03", "04", None), (18, 10, 60, 8, 4))[0],
        "toilet": yes_no(rng, 0.45),
        "fuel": rng.choices(("01", "03", "04", "99", None), (62, 12, 22, 1, 3))[0],
        "cooperative": yes_no(rng, 0.14, 0.05),
        "leading_firm": yes_no(rng, 0.08, 0.05),
        "rich_leader": yes_no(rng, 0.06, 0.05),
    }


def _land(rng: Random, persons: int) -> dict[str, Any]:
    arable = round(persons * rng.uniform(0.6, 2.6), 1)
    forest = round(persons * rng.uniform(0, 3), 1) if rng.random() < 0.2 else 0
    return {
        "arable_land": arable if rng.random() < 0.97 else None,
        "irrigated_land": round(arable * rng.random(), 1),
        "forest_land": forest,
        "converted_land": round(forest * 0.3, 1),
        "orchard_land": 0,
        "pasture_land": 0,
        "water_area": 0.5 if rng.random() < 0.02 else 0,
    }
