"""A household or village as it stood on a day, and two days beside each other; nothing can be changed there.

`?as_of=2016-10-01` asks for a day, `&with=2016-10-09` for what differs until another one.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from areas.queries import ancestors
from core.clock import business_day_of, today
from core.days import day_asked
from core.htmx import UNPROCESSABLE
from desk.queries.by_hand import items_shown, version_judged_by
from desk.queries.differing import Difference, differences, household_lines, village_lines
from desk.queries.household import household_page
from desk.queries.then import HouseholdThen, household_then
from desk.queries.village import village_page
from desk.queries.village_then import VillageThen, village_then
from households.models import Household
from standards.as_of import subject_of
from villages.models import Village

Subject = Household | Village
Then = HouseholdThen | VillageThen


def asks_for_a_day(request: HttpRequest) -> bool:
    """Whether the address asks for another state than today's."""
    return bool(request.GET.get("as_of") or request.GET.get("with"))


def as_of_response(request: HttpRequest, subject: Subject, year: int | None) -> HttpResponse:
    """The page of a day, the comparison of two days, or the sentence why there is none."""
    try:
        day = day_asked(request.GET.get("as_of"), _("The day as of which to look"))
        other = day_asked(request.GET.get("with"), _("The day to compare with"))
    except ValidationError as error:
        context = _head(request, subject) | {"sentence": error.messages[0]}
        return render(request, "desk/as_of_unknown.html", context, status=UNPROCESSABLE)
    first, *others = sorted(found for found in (day, other) if found)
    if others:
        return _compared(request, subject, year, first, others[0])
    then = _then(request, subject, year, first)
    if not then.known:
        context = _head(request, subject, then) | {"sentence": unknown_words(then)}
        return render(request, "desk/as_of_unknown.html", context)
    differing = _since(request, subject, then)
    then.differing = frozenset(one.key for one in differing)
    context = _head(request, subject, then) | {"differing": differing}
    name = "household" if isinstance(subject, Household) else "village"
    return render(request, f"desk/{name}_as_of.html", context)


def unknown_words(then: Then) -> str:
    """Why nothing is known of that day."""
    if then.first_known is None:
        return _("Nothing was known here at the end of %(day)s.") % {"day": then.day}
    words = {"day": then.day, "known": business_day_of(then.first_known)}
    if then.in_bulk:
        return (
            _("At the end of %(day)s nothing was known here: the data came in one load on %(known)s.") % words
        )
    return _("At the end of %(day)s nothing was known here: it came into this system on %(known)s.") % words


def _then(request: HttpRequest, subject: Subject, year: int | None, day: date) -> Then:
    if isinstance(subject, Household):
        return household_then(request.user, subject, year, day)
    return village_then(request.user, subject, year, day)


def _lines(page: Any) -> dict[tuple[Any, ...], Any]:
    return household_lines(page) if hasattr(page, "household") else village_lines(page)


def _since(request: HttpRequest, subject: Subject, then: Then) -> list[Difference]:
    """What is another one today."""
    now: Any
    if isinstance(subject, Household):
        now = household_page(request.user, subject, then.year)
        code = subject.village.area.code
    else:
        now, code = village_page(request.user, subject, then.year), subject.area.code
    now.hand_items = items_shown(subject, version_judged_by(now, subject_of(subject), code), now.year)
    if isinstance(then, HouseholdThen) and then.years and now.year == then.year:
        amounts = {step.label: step.amount for step in now.steps}
        changed = (step.label for step in then.steps if step.amount != amounts.get(step.label))
        then.differing_steps = frozenset(changed)
    return differences(_lines(then), _lines(now))


def _compared(
    request: HttpRequest, subject: Subject, year: int | None, first: date, second: date
) -> HttpResponse:
    """Only what differs between the ends of two days."""
    after = _then(request, subject, year, second)
    before = _then(request, subject, after.year or year, first)
    found = differences(_lines(before), _lines(after)) if after.known else []
    context = _head(request, subject, after) | {
        "before": before,
        "after": after,
        "differing": found,
        "sentences": [unknown_words(then) for then in (before, after) if not then.known],
    }
    return render(request, "desk/as_of_compared.html", context)


def _head(request: HttpRequest, subject: Subject, then: Then | None = None) -> dict[str, Any]:
    """What every page of a day needs: the subject of that day and where today's page is."""
    household = None
    if isinstance(subject, Household):
        household = then.household if isinstance(then, HouseholdThen) else subject
        area = household.village.area
        address = reverse("desk:household-detail", args=[subject.number])
    else:
        area = subject.area
        address = reverse("desk:village-detail", args=[area.code])
    year = f"?year={then.year}" if then and then.year else ""
    return {
        "household": household,
        "village": area,
        "path": ancestors(area, request.user),
        "page": then,
        "hand_items": then.hand_items if then else [],
        "day": then.day if then else None,
        "today": today(),
        "today_address": address + year,
        "subject_address": address,
    }
