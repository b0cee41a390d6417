"""Incomes in fen around the line: far from it, exactly on it, a fen beside it, and unknown."""

from random import Random
from typing import Any

from core.fields import FEN
from households.models.year import TRANSFER_PARTS

# National line per head and year in yuan (`domain.md` 3.1); before 2014 and after 2020 the nearest.
LINES = {2014: 2800, 2015: 2855, 2016: 2952, 2017: 2952, 2018: 2995, 2019: 3218, 2020: 4000}

CASES = {
    "above": 430,
    "below": 270,
    "near": 60,
    "on_the_line": 4,
    "a_fen_above": 4,
    "a_fen_below": 4,
    "loss": 3,
    "nothing_recorded": 14,
    "wage_unknown": 8,
    "operating_unknown": 8,
    "property_unknown": 8,
    "cost_unknown": 8,
    "transfer_from_parts": 30,
    "transfer_unknown": 10,
    "transfer_differs": 12,
    "persons_unknown": 14,
    "persons_differ": 8,
    "stated_differs": 14,
}


def line_of(year: int) -> int:
    """The income line of a year in whole yuan."""
    return LINES[min(max(year, min(LINES)), max(LINES))]


def draw_income(rng: Random, case: str, *, year: int, persons: int, elders: int, dibao: bool, wubao: bool):
    """The income columns of one household's year: amounts in fen, None where nobody has looked."""
    if case == "nothing_recorded":
        return {}
    stated: int | None = persons
    if case == "persons_differ":
        stated = persons + 1 if persons < 2 or rng.random() < 0.5 else persons - 1
    line = line_of(year) * int(FEN) * (stated or persons)
    net = _net(rng, case, line)
    items = _items(rng, net, persons, _transfers(rng, elders, persons, dibao, wubao))
    items |= _stated(net, stated or persons, items)
    items["persons"] = None if case == "persons_unknown" else stated
    _change_for_case(rng, case, items)
    return items


def _net(rng: Random, case: str, line: int) -> int:
    """The net income of the household that the case asks for."""
    fixed = {"on_the_line": 0, "a_fen_above": 1, "a_fen_below": -1}
    if case in fixed:
        return line + fixed[case]
    if case == "loss":
        return -rng.randint(10_000, 300_000)
    if case == "below":
        return int(line * rng.uniform(0.35, 0.97))
    if case == "near":
        return line + rng.randint(-6_000, 6_000)
    if case == "above" or rng.random() < 0.6:
        return int(line * (1.02 + rng.expovariate(1.7)))
    return int(line * rng.uniform(0.4, 0.99))


def _transfers(rng: Random, elders: int, persons: int, dibao: bool, wubao: bool) -> dict[str, int]:
    """The six parts of the transfer income, in fen."""
    months = rng.randint(9, 12)
    return {
        "family_planning": 96_000 if rng.random() < 0.03 else 0,
        "dibao": rng.randint(90, 160) * 100 * months * min(persons, 2) if dibao else 0,
        "wubao": rng.choice((333_300, 480_000)) if wubao else 0,
        "pension": elders * rng.choice((7_800, 8_800)) * 12,
        "ecology": rng.randint(100, 900) * 100 if rng.random() < 0.06 else 0,
        "other_transfer": int(rng.random() * 60_000) if rng.random() < 0.8 else 0,
    }


def _items(rng: Random, net: int, persons: int, parts: dict[str, int]) -> dict[str, Any]:
    """Items that add up to `net` exactly: the parts first, then land, then wages."""
    left = max(net, 0)
    for name in parts:
        parts[name] = min(parts[name], left)
        left -= parts[name]
    property_income = min(rng.randint(200, 1_500) * 100, left) if rng.random() < 0.25 else 0
    left -= property_income
    from_land = left if rng.random() < 0.12 else int(left * rng.uniform(0.1, 0.6))
    cost = int(from_land * rng.uniform(0.1, 0.5)) - min(net, 0)
    return {
        **parts,
        "transfer": sum(parts.values()),
        "property_income": property_income,
        "asset_dividend": property_income // 2,
        "other_property": property_income - property_income // 2,
        "operating": from_land + cost + min(net, 0),
        "operating_cost": cost,
        "wage": left - from_land,
    }


def _stated(net: int, persons: int, items: dict[str, Any]) -> dict[str, int]:
    """The totals that a household's card carries; never used to judge."""
    return {
        "stated_gross": net + items["operating_cost"],
        "stated_net": net,
        "stated_per_capita": (2 * net + persons) // (2 * persons),
    }


_UNKNOWN = {
    "wage_unknown": "wage",
    "operating_unknown": "operating",
    "property_unknown": "property_income",
    "cost_unknown": "operating_cost",
}


def _change_for_case(rng: Random, case: str, items: dict[str, Any]) -> None:
    if case in _UNKNOWN:
        items[_UNKNOWN[case]] = None
    elif case == "transfer_from_parts":
        items["transfer"] = None
    elif case == "transfer_unknown":
        items["transfer"] = items[rng.choice(TRANSFER_PARTS)] = None
    elif case == "transfer_differs":
        items["other_transfer"] += rng.randint(1, 50_000)
    elif case == "stated_differs":
        items["stated_per_capita"] += rng.randint(-40_000, 40_000)
    elif rng.random() < 0.3:
        for name in TRANSFER_PARTS:
            items[name] = None
