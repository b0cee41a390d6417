from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from areas.queries import ancestors
from core.htmx import render_page
from desk.forms import JudgementForm
from desk.queries.by_hand import items_shown, version_judged_by
from desk.queries.history import brought_by, history_of, rows_of_household
from desk.queries.household import household_page, visible_household
from desk.views.as_of import as_of_response, asks_for_a_day
from households.models import Household
from standards.models import Subject

MOST_CHANGES = 200


@require_safe
def household_detail(request: HttpRequest, number: str) -> HttpResponse:
    household = visible_or_404(request, number)
    if household.number != number:
        return redirect(reverse("desk:household-detail", args=[household.number]))
    if asks_for_a_day(request):
        return as_of_response(request, household, year_in_address(request))
    return household_response(request, household)


def household_response(
    request: HttpRequest, household: Household, said: JudgementForm | None = None
) -> HttpResponse:
    """The page; `said` is a judgement by hand that was sent and refused."""
    page = household_page(request.user, household, year_in_address(request))
    version = version_judged_by(page, Subject.HOUSEHOLD, household.village.area.code)
    context = {
        **_head(request, household),
        "page": page,
        "print_year": page.year,
        "hand_items": items_shown(household, version, page.year, said),
        "judge_address": f"{reverse('desk:household-judge', args=[household.number])}?year={page.year}",
    }
    return render(request, "desk/household.html", context)


@require_safe
def household_history(request: HttpRequest, number: str) -> HttpResponse:
    household = visible_or_404(request, number)
    most = MOST_CHANGES if request.GET.get("all") else 20
    groups = rows_of_household(household, request.user)
    entries, more = history_of(groups, most=most)
    context = {**_head(request, household), "entries": entries, "more": more}
    if not more:
        context["brought"] = brought_by(groups, "households_household", household.county)
    context["may_restore"] = request.user.has_perm("accounts.change_households")
    return render_page(request, "desk/household_history.html", "desk/_history.html", context)


def visible_or_404(request: HttpRequest, number: str) -> Household:
    """The household in the address; foreign and missing ones are the same to the person who asks."""
    household = visible_household(request.user, number, request.GET.get("county", ""))
    if household is None:
        raise Http404
    return household


def _head(request: HttpRequest, household: Household) -> dict[str, Any]:
    village = household.village.area
    return {
        "household": household,
        "village": village,
        "path": ancestors(village, request.user),
        "history_address": reverse("desk:household-history", args=[household.number]),
        "restore_address": reverse("desk:household-restore", args=[household.number]),
        "day_address": reverse("desk:household-detail", args=[household.number]),
    }


def year_in_address(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
