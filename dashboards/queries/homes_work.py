"""The home of those who enter facts: what waits, where facts are missing, who is near the line."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from areas.models import Area
from areas.templatetags.places import place_name
from dashboards.queries import completeness
from dashboards.queries.areas import granted_areas
from dashboards.queries.filled import Place
from dashboards.queries.homes_households import NEAR, near_the_line, saved_lately, shown
from dashboards.queries.matters import HOT, Matter
from dashboards.queries.waiting import waiting_for
from exchange.models import Import
from exchange.queries import imports_for_list
from standards.models import Subject
from standards.scope import last_judgement, standard_in_view, year_asked, years_known

SHOWN = 5


def work_home(user: Any) -> dict[str, Any]:
    """Everything on the page of the county office and of a township's clerk."""
    year = year_asked(None, years_known(user))
    granted = granted_areas(user)
    area = granted[0] if len(granted) == 1 else None
    prefix = area.prefix if area else ""
    version = standard_in_view(user, Subject.HOUSEHOLD, year, prefix)
    register = completeness.register_of(user, year, version, prefix)
    places = completeness.places_of(register, completeness.areas_shown(user, area))
    near = near_the_line(user, year, version)
    matters = waiting_for(user)
    lacking = sorted((p for p in places if p.filled.missing), key=lambda p: -p.filled.missing)
    first = _first(matters, lacking, year)
    return {
        "area": area,
        "granted": granted,
        "year": year,
        "version": version,
        "judged_at": last_judgement(user, Subject.HOUSEHOLD, year, prefix),
        "first": first,
        "matters": [matter for matter in matters if matter is not first],
        "lacking": lacking[:SHOWN],
        "whole": completeness.whole_of(places),
        "near": shown(near, SHOWN),
        "near_count": near.count(),
        "near_yuan": NEAR,
        "imports": imports_of(user),
        "lately": saved_lately(user, SHOWN),
    }


def imports_of(user: Any) -> list[Import]:
    return list(imports_for_list(user)[:SHOWN])


def _first(matters: list[Matter], lacking: list[Place], year: int) -> Matter | None:
    """What to do before anything else: what presses, else the place that lacks most, else what waits."""
    if matters and matters[0].tone == HOT:
        return matters[0]
    if lacking and lacking[0].area:
        return _gap_matter(lacking[0].area, lacking[0], year)
    return matters[0] if matters else None


def _gap_matter(area: Area, place: Place, year: int) -> Matter:
    return Matter(
        code="gap",
        count=place.filled.missing,
        unit=_("households"),
        title=_("Facts are missing, most of all in %(place)s") % {"place": place_name(area)},
        detail=_("As long as they are not known, nobody can say whether these households meet the standard."),
        action=_("See these households"),
        address=f"{reverse('desk:household-list')}?{place.query}&year={year}&facts=missing",
    )
