"""What a page looks at: the years that are known, the standard and the last judgement."""

from datetime import datetime
from typing import Any

from areas.models import Area, Level
from core.clock import today
from core.scope import next_prefix
from households.models import Household, HouseholdYear
from standards.models import Assessment, StandardVersion
from villages.models import VillageYear


def years_known(user: Any) -> list[int]:
    """Years with facts that `user` may see, the latest first."""
    villages = VillageYear.objects.visible_to(user).order_by().values_list("year", flat=True).distinct()
    years = set(villages)
    if not years and user.household_ids():
        own = HouseholdYear.objects.visible_to(user).order_by()
        years = set(own.values_list("year", flat=True).distinct())
    return sorted(years, reverse=True)


def year_asked(asked: Any, years: list[int]) -> int:
    """The year asked for when it is known, else the latest that has begun."""
    text = str(asked or "")
    if text.isdigit() and int(text) in years:
        return int(text)
    this_year = today().year
    return next((year for year in years if year <= this_year), max(years, default=this_year))


def code_in_view(user: Any, prefix: str = "") -> str:
    """A division code of at least a county for looking up the standard."""
    code = prefix or next(iter(user.area_prefixes()), "")
    if len(code) >= 6:
        return code
    if code or "" in user.area_prefixes():
        county = Area.objects.valid().within(code).filter(level=Level.COUNTY).order_by("code").first()
        return county.code if county else code
    own = Household.objects.visible_to(user).order_by("pk").values_list("village__area__code", flat=True)
    return own.first() or ""


def standard_in_view(user: Any, subject: str, year: int, prefix: str = "") -> StandardVersion | None:
    """The standard by which the page's columns are named; None when none is in force."""
    return StandardVersion.objects.in_force(subject, code_in_view(user, prefix), year)


def last_judgement(user: Any, subject: str, year: int, prefix: str = "") -> datetime | None:
    """When the area in view was last judged as a whole; nothing is said of areas outside the grants."""
    seen = _own_part(user, prefix)
    if 0 < len(seen) < 6:
        seen = code_in_view(user, seen)[:6]
    if not seen:
        return None
    county = seen[:6]
    runs = Assessment.objects.filter(
        subject=subject,
        year=year,
        trial=False,
        state=Assessment.State.DONE,
        area__code__gte=county,
        area__code__lt=next_prefix(county),
    )
    found = [run for run in runs.select_related("area").order_by("-finished_at")[:40] if _covers(run, seen)]
    return found[0].finished_at if found else None


def _own_part(user: Any, prefix: str) -> str:
    """The area `prefix` as far as the grants of `user` reach into it; empty for nothing of it."""
    for own in user.area_prefixes():
        if prefix.startswith(own) or own.startswith(prefix):
            return max(prefix, own, key=len)
    if not user.household_ids():
        return ""
    homes = Household.objects.visible_to(user)
    homes = homes.within(prefix) if prefix else homes
    return homes.order_by("pk").values_list("village__area__code", flat=True).first() or ""


def _covers(run: Assessment, prefix: str) -> bool:
    return prefix.startswith(run.area.prefix) or run.area.prefix.startswith(prefix)


def visible_areas(user: Any, level: str, prefix: str = "") -> list[Area]:
    """Valid areas of a level inside the grants of `user` and the area `prefix`."""
    found = Area.objects.valid().visible_to(user).filter(level=level)
    return list((found.within(prefix) if prefix else found).order_by("code"))
