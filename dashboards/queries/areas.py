"""The county page: households and villages counted by the areas below, in one query each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, Q, Sum, Value, When
from django.db.models.functions import Substr

from areas.models import DIGITS, Area, Level
from core.scope import inside
from standards.kept import kept
from standards.models import VillageResult
from standards.outcomes import Outcome
from standards.register import AREA_PATH, register, results, row_of_result
from villages.models import Village, VillageYear

BELOW = {
    Level.COUNTRY: Level.PROVINCE,
    Level.PROVINCE: Level.PREFECTURE,
    Level.PREFECTURE: Level.COUNTY,
    Level.COUNTY: Level.TOWNSHIP,
    Level.TOWNSHIP: Level.VILLAGE,
}


def share_of(part: int, whole: int) -> float:
    """Per cent, for showing; 0 of nothing is 0."""
    return 100 * part / whole if whole else 0.0


@dataclass
class Tally:
    """Counts of one area: households, people, verdicts, doubts and every indicator."""

    households: int = 0
    members: int = 0
    doubts: int = 0
    verdicts: Counter = field(default_factory=lambda: Counter(met=0, not_met=0, no_data=0))
    indicators: dict[str, Counter] = field(default_factory=dict)

    def add(self, codes: list[str], row: tuple) -> None:
        verdict, outcomes, doubtful, count, members = row
        self.households += count
        self.members += members or 0
        self.doubts += count if doubtful else 0
        self.verdicts[Outcome(verdict).code] += count
        for code, outcome in zip(codes, outcomes or [Outcome.NO_DATA] * len(codes), strict=False):
            self.indicators.setdefault(code, Counter())[Outcome(outcome).code] += count

    @property
    def shares(self) -> dict[str, float]:
        """Each verdict in per cent of the households."""
        return {code: share_of(count, self.households) for code, count in self.verdicts.items()}

    @property
    def met_share(self) -> float:
        return share_of(self.verdicts["met"], self.households)


@dataclass(frozen=True)
class AreaRow:
    """One area below, with its counts."""

    area: Area
    tally: Tally

    @property
    def query(self) -> str:
        return place_query(self.area)


def place_query(area: Area | None) -> str:
    """The condition of a list that stands for this area."""
    if area is None or not area.prefix:
        return ""
    name = {Level.TOWNSHIP: "town", Level.VILLAGE: "village"}.get(Level(area.level), "area")
    return f"{name}={area.prefix}"


def areas_below(area: Area) -> tuple[list[Area], int]:
    """The valid areas directly below and how many digits of a code name them."""
    level = BELOW[Level(area.level)]
    found = Area.objects.valid().within(area.prefix).filter(level=level).order_by("code")
    return list(found), DIGITS[level]


def granted_areas(user: Any) -> list[Area]:
    """The areas granted to `user`, the wider ones only."""
    whole = [prefix.ljust(12, "0") for prefix in user.area_prefixes()]
    return list(Area.objects.valid().filter(code__in=whole).order_by("code"))


def household_tallies(
    user: Any,
    year: int,
    *,
    areas: list[Area],
    plan: int | None = None,
    inside_of: str = "",
) -> list[AreaRow]:
    """The counts of each of these areas, none inside another; kept while nothing was written."""
    prefixes = [area.prefix for area in areas]
    tallies = kept(
        user,
        ("tallies", year, plan, inside_of, *prefixes),
        lambda: _household_tallies(user, year, areas=areas, plan=plan, inside_of=inside_of),
    )
    return [AreaRow(area, tallies[area.prefix]) for area in areas]


def _household_tallies(
    user: Any, year: int, *, areas: list[Area], plan: int | None, inside_of: str
) -> dict[str, Tally]:
    """Households and people counted by village from the facts, verdicts from the results."""
    rows = _in_areas(register(user, year), areas, inside_of)
    judged = _in_areas(results(user, year), areas, inside_of)
    if plan:
        rows = rows.filter(planned_exit_year=plan)
        judged = judged.filter(Exists(row_of_result(year).filter(planned_exit_year=plan)))
    tallies = {area.prefix: Tally() for area in areas}
    found = _Finder(areas)
    grouped = rows.order_by().values_list(VILLAGE).annotate(Count("pk"), Sum("members"))
    for village, count, members in grouped:
        tally = tallies.get(found.place(village))
        if tally:
            tally.households += count
            tally.members += members or 0
    counted = judged.order_by().values_list(VILLAGE, "verdict", "doubts").annotate(Count("household"))
    for village, verdict, doubts, count in counted:
        tally = tallies.get(found.place(village))
        if tally:
            tally.verdicts[Outcome(verdict).code] += count
            tally.doubts += count if doubts else 0
    for tally in tallies.values():
        tally.verdicts["no_data"] += tally.households - tally.verdicts.total()
    return tallies


def indicator_counts(
    user: Any, year: int, *, codes: list[str], area: Area | None, whole: Tally, plan: int | None = None
) -> dict[str, Counter]:
    """How every indicator came out in the area; a household never judged counts as no data."""
    counts = kept(
        user,
        ("indicators", year, plan, area.prefix if area else None, *codes),
        lambda: _indicator_counts(user, year, codes=codes, area=area, plan=plan),
    )
    for counted in counts.values():
        counted["no_data"] += whole.households - counted.total()
    return counts


def _indicator_counts(
    user: Any, year: int, *, codes: list[str], area: Area | None, plan: int | None
) -> dict[str, Counter]:
    judged: Any = results(user, year)
    if area is not None:
        judged = judged.within(area.prefix)
    if plan:
        judged = judged.filter(Exists(row_of_result(year).filter(planned_exit_year=plan)))
    counts = {code: Counter(met=0, not_met=0, no_data=0) for code in codes}
    for outcomes, count in judged.order_by().values_list("outcomes").annotate(Count("household")):
        for code, outcome in zip(codes, outcomes, strict=False):
            counts[code][Outcome(outcome).code] += count
    return counts


def _in_areas(rows: Any, areas: list[Area], prefix: str) -> Any:
    return rows.within(prefix) if prefix else rows.filter(_within(AREA_PATH, areas, ""))


VILLAGE = "household__village"


class _Finder:
    """In which of some areas a village lies, by its key; one query."""

    def __init__(self, areas: list[Area]):
        self.prefixes = {area.prefix for area in areas}
        self.lengths = sorted({len(prefix) for prefix in self.prefixes})
        self.codes = dict(
            Village.objects.filter(_within("area__code", areas, "")).values_list("pk", "area__code")
        )

    def place(self, village: int) -> str:
        code = self.codes.get(village, "")
        cut = (code[:length] for length in self.lengths)
        return next((prefix for prefix in cut if prefix in self.prefixes), "")


def village_tallies(
    user: Any, year: int, *, areas: list[Area], codes: list[str], inside_of: str = ""
) -> list[AreaRow]:
    """How the villages of each area came out; a village never judged counts as no data."""
    path = "village__area__code"
    rows = VillageYear.objects.visible_to(user).filter(year=year, village__area__valid_to=None)
    here = _within(path, areas, inside_of)
    rows = rows.filter(here).annotate(place=_place(path, areas))
    judged = VillageResult.objects.visible_to(user).filter(year=year).filter(here)
    results = {result.village_id: result for result in judged}
    counted = []
    for village_id, place, population in rows.values_list("village_id", "place", "population"):
        result = results.get(village_id)
        verdict = result.verdict if result else Outcome.NO_DATA
        outcomes = result.outcomes if result else None
        counted.append((place, verdict, outcomes, bool(result and result.doubts), 1, population))
    return _by_area(areas, codes, counted)


def _by_area(areas: list[Area], codes: list[str], rows: Iterable[tuple]) -> list[AreaRow]:
    tallies = {area.prefix: Tally(indicators={code: Counter() for code in codes}) for area in areas}
    for place, *row in rows:
        if place in tallies:
            tallies[place].add(codes, tuple(row))
    return [AreaRow(area, tallies[area.prefix]) for area in areas]


def _within(path: str, areas: list[Area], prefix: str) -> Q:
    """Inside the area above them all, or inside one of the areas."""
    if prefix:
        return inside(path, prefix)
    whole = Q(pk__in=[])
    for area in areas:
        whole |= inside(path, area.prefix)
    return whole


def _place(path: str, areas: list[Area]) -> Any:
    """The prefix of the area that a row lies in: cut from its code, or found among unlike areas."""
    lengths = {len(area.prefix) for area in areas}
    if len(lengths) == 1:
        return Substr(F(path), 1, lengths.pop())
    whens = [When(inside(path, area.prefix), then=Value(area.prefix)) for area in areas]
    return Case(*whens, output_field=CharField())


def total(rows: list[AreaRow], codes: list[str]) -> Tally:
    """The counts of all rows together."""
    whole = Tally(indicators={code: Counter() for code in codes})
    for row in rows:
        whole.households += row.tally.households
        whole.members += row.tally.members
        whole.doubts += row.tally.doubts
        whole.verdicts.update(row.tally.verdicts)
        for code in codes:
            whole.indicators[code].update(row.tally.indicators[code])
    return whole


def worst_first(rows: list[AreaRow]) -> list[AreaRow]:
    """The lowest share of households that meet everything first; areas without households last."""
    return sorted(rows, key=lambda row: (not row.tally.households, row.tally.met_share, row.area.code))
