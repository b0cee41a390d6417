"""Households of an area counted in one query: by the areas below, by indicator, route, cause and income."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Sum, Value, When

from areas.models import Area
from dashboards.queries.areas import AreaRow, Tally, no_counts, place_of, within_areas
from standards.models import VillageTally
from standards.outcomes import Outcome
from standards.register import register_with_results
from standards.tallies import refresh_tallies

Kind = VillageTally.Kind
# The condition of a list for "not recorded".
NOT_RECORDED = "none"


@dataclass
class Group:
    """Households that share a route, a cause or a band: how many, their members, how many met."""

    households: int = 0
    members: int = 0
    met: int = 0

    def add(self, verdict: int, households: int, members: int | None) -> None:
        self.households += households
        self.members += members or 0
        self.met += households if verdict == Outcome.MET else 0

    @property
    def met_share(self) -> float:
        return 100 * self.met / self.households if self.households else 0.0


@dataclass
class Counts:
    """What the pictures of a page are drawn from; every group adds up to `total`."""

    rows: list[AreaRow]
    total: Tally
    routes: dict[str, Group] = field(default_factory=dict)
    causes: dict[str, Group] = field(default_factory=dict)
    bands: dict[str, Group] = field(default_factory=dict)

    def group(self, kind: str, key: str) -> Group:
        groups = {Kind.ROUTE: self.routes, Kind.CAUSE: self.causes, Kind.BAND: self.bands}[Kind(kind)]
        return groups.setdefault(key or NOT_RECORDED, Group())


def household_counts(
    user: Any, year: int, *, areas: list[Area], inside_of: str, codes: list[str], plan: int | None = None
) -> Counts:
    """The counts of these areas, none inside another, of the households that `user` may see."""
    refresh_tallies(inside_of)
    tallies = {area.prefix: Tally() for area in areas}
    counts = Counts([], Tally(indicators={code: no_counts() for code in codes}))
    for place, kind, key, verdict, households, members in _rows(user, year, areas, inside_of, plan):
        if kind == Kind.DOUBT:
            for tally in (counts.total, tallies.get(place)):
                if tally is not None:
                    tally.add(verdict, households, members, doubtful=key == "1")
        elif kind == Kind.OUTCOMES:
            counts.total.add_outcomes(codes, _outcomes(key), households)
        else:
            counts.group(kind, key).add(verdict, households, members)
    counts.rows = [AreaRow(area, tallies[area.prefix]) for area in areas]
    return counts


def _rows(user: Any, year: int, areas: list[Area], prefix: str, plan: int | None) -> Iterable[tuple]:
    path = "village__area__code"
    rows = VillageTally.objects.visible_to(user).filter(year=year)
    rows = rows.within(prefix) if prefix else rows.filter(within_areas(path, areas))
    if plan:
        rows = rows.filter(planned=True)
    nowhere = Value("", output_field=CharField())
    place = Case(When(kind=Kind.DOUBT, then=place_of(path, areas)), default=nowhere) if areas else nowhere
    found = rows.order_by().annotate(place=place).values_list("place", "kind", "key", "verdict")
    return found.annotate(Sum("households"), Sum("members"))


def _outcomes(key: str) -> list[int]:
    """The outcomes that a tally's key names; none when the households were not judged."""
    return [int(one) for one in key.split(",")] if key else []


def group_counts(user: Any, year: int, village: Area, plan: int | None = None) -> list[AreaRow]:
    """The households of a village by group (组), and those that stand in none."""
    found: Any = register_with_results(user, year)
    rows = found.within(village.prefix)
    if plan:
        rows = rows.filter(planned_exit_year=plan)
    columns = ("household__group", "result__verdict", "result__doubts")
    tallies: dict[int | None, Tally] = {}
    for group, verdict, doubts, households, members in (
        rows.order_by().values_list(*columns).annotate(Count("pk"), Sum("members"))
    ):
        known = Outcome.NO_DATA if verdict is None else verdict
        tallies.setdefault(group, Tally()).add(known, households, members, doubtful=bool(doubts))
    areas = Area.objects.in_bulk([group for group in tallies if group is not None])
    return [AreaRow(areas[group] if group else None, tally) for group, tally in tallies.items()]
