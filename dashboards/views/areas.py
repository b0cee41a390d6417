from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from areas.models import Area, Level
from areas.queries import ancestors
from dashboards import asked as address
from dashboards.pages import area_page, area_page_as_of
from dashboards.queries.areas import areas_below, granted_areas


@require_safe
def area(request: HttpRequest, code: str = "") -> HttpResponse:
    """One area with those below; without a code the person's own, or the list of their areas."""
    if code:
        chosen = visible_area(request, code)
        return _page(request, chosen, areas_below(chosen))
    granted = granted_areas(request.user)
    if len(granted) == 1:
        return _page(request, granted[0], areas_below(granted[0]))
    if not granted:
        return render(request, "dashboards/area_none.html", {"user": request.user})
    return _page(request, None, granted)


def visible_area(request: HttpRequest, code: str) -> Area:
    """The area with this code inside the grants; 404 for any other."""
    if not (code.isascii() and code.isdigit()) or len(code) > 12:
        raise Http404
    areas = Area.objects.valid().visible_to(request.user).exclude(level=Level.GROUP)
    return get_object_or_404(areas, code=code.ljust(12, "0"))


def _page(request: HttpRequest, area: Area | None, below: list[Area]) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {"area": area, "path": ancestors(area, user) if area else []}
    try:
        asked = address.read(user, request.GET)
    except ValidationError as error:
        return render(
            request, "dashboards/area_unknown.html", context | {"sentence": error.messages[0]}, status=422
        )
    make = area_page_as_of if asked.as_of else area_page
    return render(request, "dashboards/area.html", context | make(user, asked, area, below))
