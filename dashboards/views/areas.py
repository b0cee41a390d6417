from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from areas.models import Area, Level
from areas.queries import ancestors
from dashboards.queries import areas as queries
from standards.models import StandardVersion, Subject
from standards.scope import last_judgement, standard_in_view, year_asked, years_known


@require_safe
def area(request: HttpRequest, code: str = "") -> HttpResponse:
    """One area with those below; without a code the person's own, or the list of their areas."""
    if code:
        return _area_page(request, visible_area(request, code))
    granted = queries.granted_areas(request.user)
    if len(granted) == 1:
        return _area_page(request, granted[0])
    if not granted:
        return render(request, "dashboards/area_none.html", {"user": request.user})
    return _page(request, None, granted)


def visible_area(request: HttpRequest, code: str) -> Area:
    """The area with this code inside the grants; 404 for any other."""
    if not (code.isascii() and code.isdigit()) or len(code) > 12:
        raise Http404
    areas = Area.objects.valid().visible_to(request.user).exclude(level=Level.GROUP)
    return get_object_or_404(areas, code=code.ljust(12, "0"))


def _area_page(request: HttpRequest, area: Area) -> HttpResponse:
    if area.level == Level.VILLAGE:
        return redirect("desk:village-detail", area.code)
    below, _digits = queries.areas_below(area)
    return _page(request, area, below)


def _page(request: HttpRequest, area: Area | None, below: list[Area]) -> HttpResponse:
    user = request.user
    years = years_known(user)
    year = year_asked(request.GET.get("year"), years)
    prefix = area.prefix if area else ""
    versions = {
        subject: standard_in_view(user, subject, year, prefix)
        for subject in (Subject.HOUSEHOLD, Subject.VILLAGE)
    }
    plan = year if request.GET.get("plan") == str(year) else None
    context = {
        "area": area,
        "prefix": prefix,
        "year": year,
        "years": years or [year],
        "plan": plan,
        "year_text": str(year),
        "plan_text": f"&plan={plan}" if plan else "",
        "path": ancestors(area, user) if area else [],
        "judged_at": last_judgement(user, Subject.HOUSEHOLD, year, prefix),
        "version": versions[Subject.HOUSEHOLD],
        "here": queries.place_query(area),
        **_households(user, year, below, version=versions[Subject.HOUSEHOLD], plan=plan, area=area),
        **_villages(user, year, below, version=versions[Subject.VILLAGE], prefix=prefix),
    }
    return render(request, "dashboards/area.html", context)


def _households(
    user,
    year: int,
    below: list[Area],
    *,
    version: StandardVersion | None,
    plan: int | None,
    area: Area | None,
) -> dict[str, Any]:
    prefix = area.prefix if area else ""
    rows = queries.household_tallies(user, year, areas=below, plan=plan, inside_of=prefix)
    whole = queries.total(rows, [])
    whole.indicators = queries.indicator_counts(
        user, year, codes=_codes(version), area=area, whole=whole, plan=plan
    )
    indicators = _indicators(version, whole)
    return {
        "rows": queries.worst_first(rows),
        "total": whole,
        "indicators": indicators,
        "worst": max(indicators, key=lambda one: one["counts"]["not_met"], default=None),
    }


def _villages(
    user, year: int, below: list[Area], *, version: StandardVersion | None, prefix: str
) -> dict[str, Any]:
    if not user.may("view_villages"):
        return {}
    codes = _codes(version)
    rows = queries.village_tallies(user, year, areas=below, codes=codes, inside_of=prefix)
    whole = queries.total(rows, codes)
    return {
        "village_rows": queries.worst_first(rows),
        "village_total": whole,
        "village_indicators": _indicators(version, whole),
        "village_version": version,
    }


def _codes(version: StandardVersion | None) -> list[str]:
    return [indicator.code for indicator in version.gating_indicators()] if version else []


def _indicators(version: StandardVersion | None, whole: queries.Tally) -> list[dict[str, Any]]:
    if version is None:
        return []
    return [
        {
            "code": i.code,
            "name": i.name,
            "clause": i.clause_text,
            "counts": whole.indicators[i.code],
            "share": queries.share_of(whole.indicators[i.code]["met"], whole.households),
        }
        for i in version.gating_indicators()
    ]
