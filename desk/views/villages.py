from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from areas.models import Level
from areas.queries import ancestors
from core.htmx import render_page
from core.paging import page_of
from desk.forms import JudgementForm
from desk.queries.by_hand import items_shown, version_judged_by
from desk.queries.chips import area_names
from desk.queries.history import CHANGES_SHOWN, brought_by, history_of, rows_of_village
from desk.queries.village import village_page, visible_village
from desk.queries.villages import (
    VillageConditions,
    found_villages,
    village_chips,
    village_facets,
    village_rows,
    villages_in_order,
)
from desk.views.as_of import as_of_response, asks_for_a_day
from desk.views.household import MOST_CHANGES, year_in_address
from desk.views.households import short_address
from standards.models import Subject
from standards.scope import last_judgement, standard_in_view, visible_areas, year_asked, years_known
from villages.models import Village


@require_safe
def village_list(request: HttpRequest) -> HttpResponse:
    if "" in request.GET.values():
        return redirect(short_address(request))
    user = request.user
    years = years_known(user)
    year = year_asked(request.GET.get("year"), years)
    version = standard_in_view(user, Subject.VILLAGE, year, request.GET.get("town", "")[:6])
    conditions = VillageConditions.read(request.GET, year, version)
    codes = list(conditions.indicator_names)
    found = found_villages(user, conditions)
    facets = village_facets(found, codes)
    page = page_of(request, villages_in_order(found, conditions).select_related("village__area__parent"))
    context: dict[str, Any] = {
        "conditions": conditions,
        "facets": facets,
        "page": page,
        "rows": village_rows(list(page), codes),
        "years": years or [year],
        "judged_at": last_judgement(user, Subject.VILLAGE, year, conditions.prefix),
        "towns": visible_areas(user, Level.TOWNSHIP, conditions.values.get("area", "")),
        "set_chips": conditions.set_chips(area_names(user, conditions)),
        "offered_chips": village_chips(conditions, facets),
    }
    return render_page(request, "desk/village_list.html", "desk/_villages.html", context)


@require_safe
def village_detail(request: HttpRequest, code: str) -> HttpResponse:
    village = village_or_404(request, code)
    if asks_for_a_day(request):
        return as_of_response(request, village, year_in_address(request))
    return village_response(request, village)


@require_safe
def village_history(request: HttpRequest, code: str) -> HttpResponse:
    village = village_or_404(request, code)
    most = MOST_CHANGES if request.GET.get("all") else CHANGES_SHOWN
    groups = rows_of_village(village)
    entries, more = history_of(groups, most=most)
    context = {**_head(request, village), "entries": entries, "more": more}
    if not more:
        context["brought"] = brought_by(groups, "villages_villageyear", village.area.county_number)
    context["may_restore"] = request.user.has_perm("accounts.change_villages")
    return render_page(request, "desk/household_history.html", "desk/_history.html", context)


def village_or_404(request: HttpRequest, code: str) -> Village:
    """The village in the address; foreign and missing ones are the same to the person who asks."""
    village = visible_village(request.user, code) if code.isascii() and code.isdigit() else None
    if village is None:
        raise Http404
    return village


def _head(request: HttpRequest, village: Village) -> dict[str, Any]:
    code = village.area.code
    return {
        "village": village.area,
        "path": ancestors(village.area, request.user),
        "history_address": reverse("desk:village-history", args=[code]),
        "restore_address": reverse("desk:village-restore", args=[code]),
        "day_address": reverse("desk:village-detail", args=[code]),
    }


def village_response(
    request: HttpRequest, village: Village, said: JudgementForm | None = None
) -> HttpResponse:
    """The page; `said` is a judgement by hand that was sent and refused."""
    page = village_page(request.user, village, year_in_address(request))
    version = version_judged_by(page, Subject.VILLAGE, village.area.code)
    context = {
        **_head(request, village),
        "page": page,
        "hand_items": items_shown(village, version, page.year, said),
        "judge_address": f"{reverse('desk:village-judge', args=[village.area.code])}?year={page.year}",
    }
    return render(request, "desk/village.html", context)
