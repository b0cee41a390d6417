"""A leader's home on the phone: three numbers, and the five worst things with who answers for each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Grant
from areas.models import Area, Level
from areas.templatetags.places import place_name
from core.clock import today
from core.numbers import percent, thousands
from dashboards.queries import completeness
from dashboards.queries.areas import granted_areas
from dashboards.queries.filled import Filled, Place
from standards.models import Subject, VillageResult
from standards.outcomes import Outcome
from standards.scope import last_judgement, standard_in_view, year_asked, years_known

FIVE = 5
CLERK, OFFICE = "township_clerk", "county_office"


@dataclass
class Worst:
    """One of the worst things: figure, what, what it means, where it opens, and who answers."""

    figure: str
    unit: str
    title: str
    detail: str
    address: str
    township: str
    tone: str = "hot"
    answers: str = ""


def leader_home(user: Any) -> dict[str, Any]:
    year = year_asked(None, years_known(user))
    granted = granted_areas(user)
    area = granted[0] if len(granted) == 1 else None
    prefix = area.prefix if area else ""
    version = standard_in_view(user, Subject.HOUSEHOLD, year, prefix)
    register = completeness.register_of(user, year, version, prefix)
    below = completeness.areas_shown(user, area)
    places = completeness.places_of(register, below)
    worst = _worst(places, user, year, prefix)
    people = _who_answers(thing.township for thing in worst)
    for thing in worst:
        thing.answers = people[thing.township]
    return {
        "area": area,
        "granted": granted,
        "year": year,
        "whole": completeness.whole_of(places),
        "judged_at": last_judgement(user, Subject.HOUSEHOLD, year, prefix),
        "worst": worst,
    }


def _worst(places: list[Place], user: Any, year: int, prefix: str) -> list[Worst]:
    """Two areas with the lowest share, the most missing facts, two villages far from exit."""
    real = [place for place in places if place.area and place.filled.households]
    lowest = sorted(real, key=lambda place: place.filled.met_share or 0)
    found: list[Worst | None] = [_low_share(place, year) for place in lowest[:2]]
    found += [
        _most(real, year, lambda filled: filled.missing, _missing_words),
        _most(real, year, lambda filled: filled.refused, _refused_words),
    ]
    things = [thing for thing in found if thing is not None]
    villages = _poorest_villages(user, year, prefix)
    return [*things, *villages[: FIVE - len(things)]][:FIVE]


def _low_share(place: Place, year: int) -> Worst:
    filled, area = place.filled, place.area
    assert area is not None
    words = {"met": thousands(filled.met), "all": thousands(filled.households)}
    return Worst(
        figure=percent(filled.met_share).replace(" %", ""),
        unit="%",
        title=_("%(place)s: lowest share of households that meet everything") % {"place": place_name(area)},
        detail=_("%(met)s of %(all)s households") % words,
        address=_area_address(area, year),
        township=area.code[:9],
    )


Words = Callable[[str, Filled], tuple[str, str, str]]


def _missing_words(place: str, filled: Filled) -> tuple[str, str, str]:
    return (
        _("%(place)s: most households with missing facts") % {"place": place},
        _("They cannot be judged as long as nobody asks."),
        _("households"),
    )


def _refused_words(place: str, filled: Filled) -> tuple[str, str, str]:
    return (
        _("%(place)s: most refused rows still open") % {"place": place},
        _("They were handed in and refused, and not corrected since."),
        _("rows"),
    )


def _most(places: list[Place], year: int, figure: Callable[[Filled], int], words: Words) -> Worst | None:
    place = max(places, key=lambda one: figure(one.filled), default=None)
    if place is None or place.area is None or not figure(place.filled):
        return None
    title, detail, unit = words(place_name(place.area), place.filled)
    address = f"{reverse('desk:household-list')}?{place.query}&year={year}&facts=missing"
    if words is _refused_words:
        address = reverse("dashboards:completeness-of", args=[place.area.code])
    return Worst(
        figure=thousands(figure(place.filled)),
        unit=unit,
        title=title,
        detail=detail,
        address=address,
        township=place.area.code[:9],
        tone="warm",
    )


def _poorest_villages(user: Any, year: int, prefix: str) -> list[Worst]:
    """The villages that fail their standard with the highest incidence."""
    share = Cast(F("poor_persons"), FloatField()) / Cast(F("population"), FloatField())
    rows: Any = VillageResult.objects.visible_to(user)
    rows = rows.within(prefix) if prefix else rows
    rows = rows.filter(
        year=year, verdict=Outcome.NOT_MET, population__gt=0, village__area__valid_to=None
    ).annotate(share=share)
    found = rows.order_by("-share").select_related("village__area")[:FIVE]
    return [
        Worst(
            figure=percent(100 * row.share).replace(" %", ""),
            unit="%",
            title=_("%(place)s: poverty incidence among the highest")
            % {"place": place_name(row.village.area)},
            detail=_("%(poor)s of %(all)s persons are still poor")
            % {"poor": thousands(row.poor_persons), "all": thousands(row.population)},
            address=reverse("desk:village-detail", args=[row.village.area.code]),
            township=row.village.area.code[:9],
        )
        for row in found
    ]


def _area_address(area: Area, year: int) -> str:
    route = "desk:village-detail" if area.level == Level.VILLAGE else "dashboards:area"
    return f"{reverse(route, args=[area.code])}?year={year}"


def _who_answers(townships: Iterable[str]) -> dict[str, str]:
    """In words who answers for each of these townships: its clerks, else the county's office."""
    wanted = set(townships)
    places = wanted | {township[:6] for township in wanted}
    grants = Grant.objects.on(today()).filter(
        kind=Grant.Kind.AREA,
        area__code__in=[prefix.ljust(12, "0") for prefix in places],
        user__is_active=True,
        user__groups__name__in=(CLERK, OFFICE),
    )
    found: dict[str, list[str]] = {}
    for code, name in grants.order_by("user__name").values_list("area__code", "user__name").distinct():
        found.setdefault(code.removesuffix("000000") if code.endswith("000000") else code[:9], []).append(
            name
        )
    return {township: _answer(found, township) for township in wanted}


def _answer(found: dict[str, list[str]], township: str) -> str:
    if township in found:
        return _("Answers: %(people)s") % {"people": "、".join(found[township])}
    if township[:6] in found:
        people = "、".join(found[township[:6]])
        return _("No clerk is named yet; the county office answers: %(people)s") % {"people": people}
    return ""
