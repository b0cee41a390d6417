"""How far the register is filled in: per township, village and person, worst first."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.events import record
from accounts.models import AccessEvent
from areas.models import Area, Level
from areas.queries import ancestors
from core.clock import today
from dashboards import completeness_export as export
from dashboards.queries import completeness as queries
from dashboards.queries.areas import granted_areas, place_query
from dashboards.queries.entries import enterers
from dashboards.queries.refused import open_refused
from dashboards.views.areas import visible_area
from exchange.tables_out import XLSX, csv_lines, xlsx_file
from standards.models import Subject
from standards.scope import last_judgement, standard_in_view, year_asked, years_known


@require_safe
def completeness(request: HttpRequest, code: str = "") -> HttpResponse:
    """One area with those below and its people; without a code the person's own areas."""
    if code:
        area: Area | None = visible_area(request, code)
    else:
        granted = granted_areas(request.user)
        if not granted:
            return render(request, "dashboards/area_none.html", {"user": request.user})
        area = granted[0] if len(granted) == 1 else None
    if area is not None and area.level == Level.VILLAGE:
        query = f"?{place_query(area)}&facts=missing"
        return redirect(reverse("desk:household-list") + query)
    return render(request, "dashboards/completeness.html", context_of(request, area))


def context_of(request: HttpRequest, area: Area | None) -> dict[str, Any]:
    """The whole page: places with their total, people, the standard that says which facts count."""
    user: Any = request.user
    years = years_known(user)
    year = year_asked(request.GET.get("year"), years)
    prefix = area.prefix if area else ""
    version = standard_in_view(user, Subject.HOUSEHOLD, year, prefix)
    register = queries.register_of(user, year, version, prefix)
    below = queries.areas_shown(user, area)
    places = queries.places_of(register, below)
    return {
        "area": area,
        "year": year,
        "years": years or [year],
        "year_text": str(year),
        "path": ancestors(area, user) if area else [],
        "here": place_query(area),
        "version": version,
        "judged_at": last_judgement(user, Subject.HOUSEHOLD, year, prefix),
        "places": places,
        "whole": queries.whole_of(places),
        "without_year": register.without_year,
        "people": enterers(register, prefix, open_refused(user)) if user.may("view_overview") else [],
    }


@require_safe
def completeness_export(request: HttpRequest, code: str) -> HttpResponse | StreamingHttpResponse:
    """The page as a file with the same rows and totals; who took it is recorded."""
    user: Any = request.user
    context = context_of(request, visible_area(request, code))
    heads = export.head_lines(context, user.name)
    columns, rows = export.column_heads(), export.lines(context)
    shown = len(context["places"]) + len(context["people"])
    record(request, AccessEvent.Kind.EXPORTED, reason=" · ".join(heads)[:300], rows=shown)
    name = f"completeness-{context['area'].prefix}-{context['year']}-{today():%Y%m%d}"
    if request.GET.get("format") == "xlsx":
        file = xlsx_file(heads, columns, rows, sheet=heads[0])
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response = StreamingHttpResponse(csv_lines(heads, columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
