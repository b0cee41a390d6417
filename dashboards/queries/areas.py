"""The areas of a page and what is counted of each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.scope import inside
from standards.outcomes import Outcome

BELOW = {
    Level.COUNTRY: Level.PROVINCE,
    Level.PROVINCE: Level.PREFECTURE,
    Level.PREFECTURE: Level.COUNTY,
    Level.COUNTY: Level.TOWNSHIP,
    Level.TOWNSHIP: Level.VILLAGE,
    Level.VILLAGE: Level.GROUP,
}
CONDITIONS = {Level.TOWNSHIP: "town", Level.VILLAGE: "village", Level.GROUP: "group"}


def share_of(part: int, whole: int) -> float:
    """Per cent, for showing; 0 of nothing is 0."""
    return 100 * part / whole if whole else 0.0


def no_counts() -> Counter:
    return Counter(met=0, not_met=0, no_data=0)


@dataclass
class Tally:
    """Counts of one area: households (or villages), people, verdicts, doubts and every indicator."""

    households: int = 0
    members: int = 0
    doubts: int = 0
    verdicts: Counter = field(default_factory=no_counts)
    indicators: dict[str, Counter] = field(default_factory=dict)

    def add(self, verdict: int, households: int, members: int | None, *, doubtful: bool) -> None:
        self.households += households
        self.members += members or 0
        self.doubts += households if doubtful else 0
        self.verdicts[Outcome(verdict).code] += households

    def add_outcomes(self, codes: list[str], outcomes: list[int], households: int) -> None:
        """Count the indicators; without outcomes nobody judged, and that is no data."""
        for code, outcome in zip(codes, outcomes or [Outcome.NO_DATA] * len(codes), strict=False):
            counts = self.indicators.setdefault(code, no_counts())
            counts[Outcome(outcome).code] += households

    @property
    def shares(self) -> dict[str, float]:
        """Each verdict in per cent of the households."""
        return {code: share_of(count, self.households) for code, count in self.verdicts.items()}

    @property
    def met_share(self) -> float:
        return share_of(self.verdicts["met"], self.households)


@dataclass(frozen=True)
class AreaRow:
    """One area below, with its counts; without area the households that stand in no group."""

    area: Area | None
    tally: Tally

    @property
    def query(self) -> str:
        return place_query(self.area)

    @property
    def name(self) -> str:
        return self.area.name if self.area else _("In no group")


def place_query(area: Area | None) -> str:
    """The condition of a list that stands for this area."""
    if area is None or not area.prefix:
        return ""
    return f"{CONDITIONS.get(Level(area.level), 'area')}={area.prefix}"


def areas_below(area: Area) -> list[Area]:
    """The valid areas directly below, without the groups of a village."""
    if area.level == Level.VILLAGE:
        return []
    level = BELOW[Level(area.level)]
    return list(Area.objects.valid().within(area.prefix).filter(level=level).order_by("code"))


def granted_areas(user: Any) -> list[Area]:
    """The areas granted to `user`, the wider ones only."""
    whole = [prefix.ljust(12, "0") for prefix in user.area_prefixes()]
    return list(Area.objects.valid().filter(code__in=whole).order_by("code"))


def within_areas(path: str, areas: list[Area], prefix: str = "") -> Q:
    """Inside the area above them all, or inside one of the areas."""
    if prefix:
        return inside(path, prefix)
    whole = Q(pk__in=[])
    for area in areas:
        whole |= inside(path, area.prefix)
    return whole


def worst_first(rows: list[AreaRow]) -> list[AreaRow]:
    """The lowest share of households that meet everything first; areas without households last."""
    return sorted(
        rows,
        key=lambda row: (not row.tally.households, row.tally.met_share, row.area.code if row.area else "~"),
    )
