from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.reveals import OverLimit, claim_comparison, claim_reveal
from areas.models import Level
from core.htmx import render_page
from core.paging import ListPage, page_of
from desk.conditions import HouseholdConditions
from desk.forms import SearchForm
from desk.queries.chips import area_names, count_choices, offered_chips
from desk.queries.households import facets_of, found_households, rows_shown
from desk.queries.listing import found_in_order
from desk.queries.search import SearchFound, is_whole_id, search
from desk.queries.tails import found_by_tail, tail_in, too_many
from standards.models import Subject
from standards.scope import last_judgement, standard_in_view, visible_areas, year_asked, years_known

PAGE, FRAGMENT = "desk/household_list.html", "desk/_households.html"


@require_safe
def household_list(request: HttpRequest) -> HttpResponse:
    if "" in request.GET.values():
        return redirect(short_address(request))
    context = list_context(request)
    conditions: HouseholdConditions = context["conditions"]
    found: Any = found_in_order(request.user, conditions, context["facets"], context["codes"])
    page: ListPage = page_of(request, found)
    return render_page(request, PAGE, FRAGMENT, {**context, "page": page, "rows": list(page)})


@require_POST
def household_search(request: HttpRequest) -> HttpResponse:
    """Rows that the posted words find among those of the conditions in the address."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return redirect("desk:household-list")
    context = list_context(request)
    conditions: HouseholdConditions = context["conditions"]
    words = form.cleaned_data["words"]
    rows = found_households(request.user, conditions)
    tail = tail_in(request.user, words)
    if is_whole_id(words):
        found, told = _by_id(request, words, rows)
    else:
        found, told = _by_tail(request, rows, tail) if tail else (search(request.user, words, rows), "")
    context |= {
        "words": words,
        "found": found,
        "told": told,
        "rows": rows_shown(found.keys, context["codes"]),
    }
    return render(request, PAGE, context)


def _by_id(request: Any, words: str, rows: Any) -> tuple[SearchFound, str]:
    """Households by a whole ID number, counted and recorded as the comparison that it is."""
    found = search(request.user, words, rows, by_id=True)
    try:
        left = claim_comparison(request, subject="search", same=bool(found.keys))
    except OverLimit as error:
        return SearchFound([], []), error.messages[0]
    told = _("Searched by a whole ID number; counted as a comparison, %(left)s left in this hour.")
    return found, told % {"left": left}


def _by_tail(request: Any, rows: Any, tail: str) -> tuple[SearchFound, str]:
    """Households by the end of an ID number, counted and recorded as a look; and a sentence about it."""
    if too_many(rows):
        return SearchFound([], []), _(
            "To search by the last four digits, choose a township or a village first."
        )
    try:
        left = claim_reveal(request, subject="search", reason="last four digits of an ID number")
    except OverLimit as error:
        return SearchFound([], []), error.messages[0]
    told = _(
        "Searched by the last four digits of the ID number; counted as a look, %(left)s left in this hour."
    )
    return found_by_tail(rows, tail), told % {"left": left}


@require_POST
def household_suggestions(request: HttpRequest) -> HttpResponse:
    """Up to eight households for words that are still being typed."""
    form = SearchForm(request.POST)
    rows = []
    if form.is_valid():
        year = year_asked(request.GET.get("year"), years_known(request.user))
        conditions = HouseholdConditions({}, year, None)
        found = search(
            request.user, form.cleaned_data["words"], found_households(request.user, conditions), most=8
        )
        rows = rows_shown(found.keys, [])
    return render(request, "desk/_suggestions.html", {"rows": rows})


def short_address(request: HttpRequest) -> str:
    """The same address without the conditions that a form sent empty."""
    query = request.GET.copy()
    for name in [name for name, value in request.GET.items() if not value]:
        del query[name]
    return f"{request.path}?{query.urlencode()}"


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Everything of the list but its rows."""
    user = request.user
    years = years_known(user)
    year = year_asked(request.GET.get("year"), years)
    version = standard_in_view(user, Subject.HOUSEHOLD, year, request.GET.get("town", "")[:6])
    conditions = HouseholdConditions.read(request.GET, year, version)
    codes = list(conditions.indicator_names)
    facets = facets_of(user, conditions)
    count_choices(conditions, facets)
    return {
        "conditions": conditions,
        "codes": codes,
        "facets": facets,
        "years": years or [year],
        "judged_at": last_judgement(user, Subject.HOUSEHOLD, year, conditions.prefix),
        "set_chips": conditions.set_chips(area_names(user, conditions)),
        "offered_chips": offered_chips(conditions, facets),
        "roomy": request.GET.get("density") == "roomy",
        **places(user, conditions),
    }


def places(user: Any, conditions: HouseholdConditions) -> dict[str, Any]:
    """The townships, villages and groups that can be chosen."""
    area, town, village = (conditions.values.get(name, "") for name in ("area", "town", "village"))
    towns = visible_areas(user, Level.TOWNSHIP, area)
    only = towns[0].prefix if len(towns) == 1 else ""
    in_town = town or only
    reaches_villages = in_town or not towns
    return {
        "towns": towns,
        "villages": visible_areas(user, Level.VILLAGE, in_town) if reaches_villages else [],
        "groups": visible_areas(user, Level.GROUP, village) if village else [],
        "village_hint": _("Choose a township first") if not reaches_villages else _("All villages"),
    }
