"""Households of an area counted in one query: by the areas below, by indicator, route, cause and income."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, Sum, Value, When

from areas.models import Area
from core.scope import COUNTY_DIGITS
from dashboards.queries.areas import AreaRow, Tally, no_counts, within_areas
from standards.models import VillageTally
from standards.outcomes import Outcome
from standards.register import register_with_results
from standards.tallies import refresh_tallies
from villages.models import Village

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
    villages = villages_of(user, areas, inside_of)
    place = Place(tallies, villages)
    for village, kind, key, verdict, households, members in _rows(user, year, villages, inside_of, plan):
        if kind == Kind.DOUBT:
            for tally in (counts.total, tallies.get(place.of(village))):
                if tally is not None:
                    tally.add(verdict, households, members, doubtful=key == "1")
        elif kind == Kind.OUTCOMES:
            counts.total.add_outcomes(codes, _outcomes(key), households)
        else:
            counts.group(kind, key).add(verdict, households, members)
    counts.rows = [AreaRow(area, tallies[area.prefix]) for area in areas]
    return counts


def villages_of(user: Any, areas: list[Area], prefix: str) -> dict[int, str]:
    """The codes of the villages by key."""
    here = within_areas("area__code", areas, prefix)
    return dict(Village.objects.visible_to(user).filter(here).order_by().values_list("pk", "area__code"))


class Place:
    """In which of the areas a village lies."""

    def __init__(self, prefixes: Iterable[str], villages: dict[int, str]):
        self.prefixes, self.villages = set(prefixes), villages
        self.lengths = sorted({len(prefix) for prefix in self.prefixes})

    def of(self, village: int) -> str:
        code = self.villages.get(village, "")
        return next((code[:cut] for cut in self.lengths if code[:cut] in self.prefixes), "")


def _rows(user: Any, year: int, villages: dict[int, str], prefix: str, plan: int | None) -> Iterable[tuple]:
    """Tallies by village and doubt, and over all villages by every other kind.

    A whole county is asked for by its number: joining each tally with its village costs more than
    adding them up.
    """
    rows = VillageTally.objects.filter(year=year)
    if 0 < len(prefix) <= COUNTY_DIGITS:
        rows = rows.visible_to(user).within(prefix)
    else:
        rows = rows.filter(village__in=villages)
    if plan:
        rows = rows.filter(planned=True)
    place = Case(When(kind=Kind.DOUBT, then=F("village_id")), default=Value(0))
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
