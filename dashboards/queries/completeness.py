"""How complete the register is: households without a gap, last entries and refused rows by place.

A household is without a gap when every fact that gates the standard is known, whether it meets the
standard or not. Everything is counted by village in a few queries and added up for what is shown.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from areas.models import Area, Level
from core.scope import COUNTY_DIGITS, inside
from dashboards.queries.areas import granted_areas
from dashboards.queries.entries import last_entries
from dashboards.queries.filled import Filled, Place, Register
from dashboards.queries.refused import open_rows
from households.models import Household
from standards.kept import kept
from standards.models import StandardVersion, VillageTally
from standards.outcomes import Outcome
from standards.register import facts_are, results
from standards.tallies import refresh_tallies
from villages.models import Village


def register_of(user: Any, year: int, version: StandardVersion | None, prefix: str = "") -> Register:
    """The villages inside `prefix` with their counts, in a few queries however many households."""
    refresh_tallies(prefix)
    key = ("completeness", year, version.pk if version else None, prefix)
    gaps, everybody = kept(user, key, lambda: _from_households(user, year, version, prefix))
    codes = dict(_inside(Village.objects.visible_to(user), prefix).values_list("pk", "area__code"))
    refused = Counter(_refused(user, prefix))
    found = Register({code: Filled() for code in codes.values()})
    for pk, verdict, judged, households in _tallies(user, year, codes, prefix):
        _add(found.villages[codes[pk]], verdict, households, judged=judged)
    last = last_entries(user, codes)
    for pk, code in codes.items():
        filled = found.villages[code]
        filled.known -= gaps.get(pk, 0)
        filled.refused, filled.last = refused[pk], last.get(pk)
    found.without_year = max(everybody - sum(one.households for one in found.villages.values()), 0)
    found.unplaced.refused = sum(count for pk, count in refused.items() if pk not in codes)
    return found


def _add(filled: Filled, verdict: int, households: int, *, judged: bool) -> None:
    """Count households of one verdict, for now as if everything of the judged ones were known."""
    filled.households += households
    filled.known += households if judged else 0
    filled.met += households if verdict == Outcome.MET else 0
    filled.not_met += households if verdict == Outcome.NOT_MET else 0


def _inside(rows: Any, prefix: str) -> Any:
    return rows.within(prefix) if prefix else rows


def _tallies(
    user: Any, year: int, codes: dict[int, str], prefix: str
) -> Iterator[tuple[int, int, bool, int]]:
    """Village, verdict, whether judged, households; from the tallies, of the villages in `codes`."""
    rows = VillageTally.objects.filter(year=year, kind=VillageTally.Kind.OUTCOMES)
    if 0 < len(prefix) <= COUNTY_DIGITS:
        rows = rows.visible_to(user).within(prefix)
    else:
        rows = rows.filter(village__in=codes)
    for pk, verdict, key, households in rows.values_list("village_id", "verdict", "key", "households"):
        if pk in codes:
            yield pk, verdict, key != "", households


def _from_households(
    user: Any, year: int, version: StandardVersion | None, prefix: str
) -> tuple[dict[int, int], int]:
    """Judged households of which a fact is missing, by village; and how many households there are."""
    missing = _inside(results(user, year), prefix).filter(facts_are(version, known=False)).order_by()
    by_village = missing.values_list("household__village").annotate(Count("household"))
    everybody = _inside(Household.objects.visible_to(user).valid(), prefix)
    return dict(by_village), everybody.count()


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
