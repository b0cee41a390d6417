"""How complete the register is: households without a gap, last entries and refused rows by place.

A household is without a gap when every fact that gates the standard is known, whether it meets the
standard or not. Everything is counted by village in a few queries and added up for what is shown.
"""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Q

from areas.models import Area, Level
from core.scope import inside
from dashboards.queries.areas import granted_areas
from dashboards.queries.entries import last_entries
from dashboards.queries.filled import Filled, Place, Register
from dashboards.queries.refused import open_rows
from households.models import Household, HouseholdYear
from standards.kept import kept
from standards.models import StandardVersion
from standards.outcomes import Outcome
from standards.register import facts_are, register, results
from villages.models import Village

VILLAGE = "household__village"
MET, NOT_MET = Q(verdict=Outcome.MET), Q(verdict=Outcome.NOT_MET)


def register_of(user: Any, year: int, version: StandardVersion | None, prefix: str = "") -> Register:
    """The villages inside `prefix` with their counts; six queries, and the counts are kept."""
    key = ("completeness", year, version.pk if version else None, prefix)
    counts, without_year = kept(user, key, lambda: _counts(user, year, version, prefix))
    codes = dict(_villages(user, prefix).values_list("pk", "area__code"))
    refused = Counter(_refused(user, prefix))
    last = last_entries(user, codes)
    found = Register(without_year=without_year)
    for pk, code in codes.items():
        households, known, met, not_met = counts.get(pk, [0, 0, 0, 0])
        found.villages[code] = Filled(households, known, met, not_met, refused[pk], last.get(pk))
    found.unplaced.refused = sum(count for pk, count in refused.items() if pk not in codes)
    return found


def _villages(user: Any, prefix: str) -> Any:
    rows = Village.objects.visible_to(user).filter(area__valid_to=None)
    return rows.within(prefix) if prefix else rows


def _counts(
    user: Any, year: int, version: StandardVersion | None, prefix: str
) -> tuple[dict[int, list[int]], int]:
    """By village: households, those without a gap, met and not met; and households without the year."""
    bases: list[Any] = [
        register(user, year), results(user, year), Household.objects.visible_to(user).valid()
    ]  # fmt: skip
    rows, judged, everybody = [base.within(prefix) if prefix else base for base in bases]
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for village, count in rows.order_by().values_list(VILLAGE).annotate(Count("pk")):
        counts[village][0] = count
    known = facts_are(version, known=True) if version else Q(pk__in=[])
    grouped = (
        judged.order_by()
        .values_list(VILLAGE)
        .annotate(
            known=Count("household", filter=known),
            met=Count("household", filter=MET),
            not_met=Count("household", filter=NOT_MET),
        )
    )
    for village, *outcomes in grouped:
        counts[village][1:] = outcomes
    of_year = HouseholdYear.objects.filter(year=year).order_by().values("household")
    without_year = everybody.exclude(pk__in=of_year).count()
    return dict(counts), without_year


def _refused(user: Any, prefix: str) -> Any:
    """The village of each open refused row; of rows that name none only where the import lies inside."""
    rows = open_rows(user).order_by()
    if prefix:
        villages = Village.objects.filter(inside("area__code", prefix)).order_by().values("pk")
        unplaced = Q(village_id=None) & inside("source__area_prefix", prefix)
        rows = rows.filter(Q(village_id__in=villages) | unplaced)
    return rows.values_list("village_id", flat=True)


def places_of(register: Register, areas: list[Area]) -> list[Place]:
    """These areas with their counts, the lowest share without a gap first; empty ones last."""
    rows = [Place(area, register.within([area.prefix])) for area in areas]
    rows.sort(key=lambda row: (row.filled.share is None, row.filled.share or 0, row.area.code))  # type: ignore[union-attr]
    return [*rows, Place(None, register.unplaced)] if register.unplaced.refused else rows


def whole_of(places: list[Place]) -> Filled:
    whole = Filled()
    for place in places:
        whole.add(place.filled)
    return whole


def _level_below(area: Area) -> str:
    """Townships of a county, villages of a township; counties of anything above."""
    if area.level == Level.TOWNSHIP:
        return Level.VILLAGE
    return Level.TOWNSHIP if area.level == Level.COUNTY else Level.COUNTY


def areas_shown(user: Any, area: Area | None) -> list[Area]:
    """The areas of the page's rows: those below `area`, or the granted ones."""
    if area is None:
        return granted_areas(user)
    found = Area.objects.valid().visible_to(user).within(area.prefix).filter(level=_level_below(area))
    return list(found.order_by("code"))
