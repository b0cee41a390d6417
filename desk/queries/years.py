"""The years of the counties a person holds, and what may be done with each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from areas.models import Area, Level
from core.clock import today
from households.models import HouseholdYear
from villages.models import CountyYear, VillageYear

OPEN, CLOSE, REOPEN = "open", "close", "reopen"


@dataclass(frozen=True)
class YearLine:
    """One year of a county; `actions` holds what may be done with it now."""

    year: int
    households: int
    known: bool
    opened_at: datetime | None
    closed_at: datetime | None
    actions: tuple[str, ...]


@dataclass(frozen=True)
class CountyYears:
    county: Area
    lines: list[YearLine]


def counties_held(user: Any) -> list[Area]:
    """The whole counties inside the grants of `user`; a township's grant holds none."""
    counties = Area.objects.none()
    for prefix in user.area_prefixes():
        if len(prefix) <= 6:
            counties |= Area.objects.valid().within(prefix).filter(level=Level.COUNTY)
    return list(counties.order_by("code"))


def years_of(county: Area) -> CountyYears:
    """The years with facts, the latest first, led by the one that can be opened next."""
    number = county.county_number
    marks = {row.year: row for row in CountyYear.objects.filter(county=number)}
    villages = VillageYear.objects.filter(county=number).order_by()
    known = set(villages.values_list("year", flat=True).distinct())
    counted = HouseholdYear.objects.filter(county=number).order_by().values("year").annotate(rows=Count("*"))
    households = {row["year"]: row["rows"] for row in counted}
    following = {max(known) + 1} if known else set()
    lines = [
        _line(year, known, households.get(year, 0), marks.get(year))
        for year in sorted(known | set(households) | following, reverse=True)
    ]
    return CountyYears(county, [line for line in lines if line.known or line.actions])


def _line(year: int, known: set[int], households: int, mark: CountyYear | None) -> YearLine:
    opened, closed = (mark.opened_at, mark.closed_at) if mark else (None, None)
    actions = []
    if closed:
        actions.append(REOPEN)
    else:
        if not opened and year - 1 in known and year == max(known | {year}) and year <= today().year + 1:
            actions.append(OPEN)
        if year in known and year <= today().year:
            actions.append(CLOSE)
    return YearLine(year, households, year in known, opened, closed, tuple(actions))
