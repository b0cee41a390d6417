"""The plan of a county: what is decided for every household before a single fact is drawn.

The plan is made in one process, so that totals are exact; details are drawn from it in chunks,
each with a source of chance of its own, so that the same seed gives the same county however many
processes work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from households.codes import POOR_STATUSES, Route, Status
from households.generation import homes, income, people
from households.generation.stages import Shares, Stage, assign_stages, draw_shape, draw_sizes

CHUNK = 1000
STATUSES: dict[str, float] = {
    Status.POOR: 520,
    Status.PLANNED: 260,
    Status.OUT_SUPPORTED: 120,
    Status.OUT: 55,
    Status.NEW: 30,
    Status.RETURNED: 12,
    Status.CANCELLED: 3,
}
ROUTES: dict[str, int] = {Route.EMPLOYMENT: 935, Route.INDUSTRY: 1450, Route.EDUCATION: 281, Route.DIBAO: 352}


@dataclass(slots=True)
class HouseholdPlan:
    """What the county decided about one household."""

    stages: str
    village: int
    status: str
    route: str | None
    income: str
    housing: str
    medical: str

    @property
    def persons(self) -> int:
        """Rows of people, somebody who left in the year among them."""
        return len(self.stages)

    @property
    def size(self) -> int:
        """Members on 31 December."""
        return len(self.stages) - self.stages.count(Stage.DEPARTED)


@dataclass(frozen=True)
class Group:
    """Households planned together: how many, how many people in all, the route out of poverty."""

    households: int
    persons: int | None = None
    route: str | None = None
    statuses: Mapping[str, float] = field(default_factory=lambda: STATUSES)


@dataclass(frozen=True)
class Wishes:
    """What a county is to look like."""

    groups: Sequence[Group]
    shares: Shares = field(default_factory=Shares)
    departed: float = 0.02
    housing: Mapping[str, float] = field(default_factory=lambda: homes.CASES)


def usual_wishes(households: int) -> Wishes:
    """A county without given totals: a third of its households are in the year's plan."""
    planned = {route: households * weight // 9000 for route, weight in ROUTES.items()}
    out: dict[str, float] = {Status.PLANNED: 85, Status.POOR: 15}
    groups = [Group(number, None, route, out) for route, number in planned.items() if number]
    return Wishes([*groups, Group(households - sum(planned.values()))])


def deck(rng: Random, cases: Mapping[Any, float], size: int) -> list[Any]:
    """Cases in random order by weight; each occurs when there is room for all."""
    cards = list(cases)[:size]
    cards += rng.choices(list(cases), list(cases.values()), k=size - len(cards))
    rng.shuffle(cards)
    return cards


def plan_households(rng: Random, wishes: Wishes, village_weights: Sequence[float]) -> list[HouseholdPlan]:
    """The plans of all households, in the order of their villages."""
    shapes: list[str] = []
    statuses: list[str] = []
    routes: list[str | None] = []
    for group in wishes.groups:
        schooling = group.route == Route.EDUCATION
        sizes = draw_sizes(rng, group.households, group.persons)
        shapes += [draw_shape(rng, size, with_child=schooling) for size in sizes]
        statuses += deck(rng, group.statuses, group.households)
        routes += [group.route] * group.households
    first = {place for place, route in enumerate(routes) if route == Route.EDUCATION}
    stages = assign_stages(rng, shapes, wishes.shares, first)
    total = len(stages)
    cases = [deck(rng, kind, total) for kind in (income.CASES, wishes.housing, people.MEDICAL_CASES)]
    villages = rng.choices(range(len(village_weights)), village_weights, k=total)
    left = [Stage.DEPARTED if rng.random() < wishes.departed else "" for _stages in stages]
    rows = zip(stages, left, villages, statuses, routes, *cases, strict=True)
    plans = [HouseholdPlan(members + gone, *rest) for members, gone, *rest in rows]
    plans.sort(key=lambda plan: plan.village)
    return plans


def poor_persons(plans: Sequence[HouseholdPlan], villages: int) -> list[int]:
    """People per village in households that are not out of poverty."""
    poor = [0] * villages
    for plan in plans:
        if plan.status in POOR_STATUSES:
            poor[plan.village] += plan.size
    return poor
