"""The page with which each role begins: its first task, and the next click."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from dashboards.queries.homes_leader import leader_home
from dashboards.queries.homes_machine import audit_home, security_home, system_home
from dashboards.queries.homes_village import department_home, helper_home, village_home
from dashboards.queries.homes_work import work_home

HOMES: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "county_office": ("dashboards/home_work.html", work_home),
    "township_clerk": ("dashboards/home_work.html", work_home),
    "county_leader": ("dashboards/home_leader.html", leader_home),
    "supervisor": ("dashboards/home_leader.html", leader_home),
    "first_secretary": ("dashboards/home_village.html", village_home),
    "helper": ("dashboards/home_helper.html", helper_home),
    "line_department": ("dashboards/home_department.html", department_home),
    "auditor": ("dashboards/home_audit.html", audit_home),
    "audit_admin": ("dashboards/home_audit.html", audit_home),
    "system_admin": ("dashboards/home_system.html", system_home),
    "security_admin": ("dashboards/home_security.html", security_home),
}
# They begin with the dashboard where there is room for it, with this page on the phone.
ROOM_FOR_THE_DASHBOARD = {"county_leader", "supervisor"}
PHONE_HEADERS = ("Sec-CH-UA-Mobile", "User-Agent", "Cookie")
# What static/js/room.js tells; nothing of the person.
NARROW = "narrow"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home of the person's role; programs and accounts without a role begin with their account."""
    user: Any = request.user
    role = user.role.code if user.role else ""
    if role not in HOMES:
        return redirect("accounts:account")
    if role in ROOM_FOR_THE_DASHBOARD and not is_phone(request) and "short" not in request.GET:
        response: HttpResponse = redirect("dashboards:area")
    else:
        template, content = HOMES[role]
        chosen = {"code": request.GET.get("village", "")} if role == "first_secretary" else {}
        response = render(request, template, content(user, **chosen))
    patch_vary_headers(response, PHONE_HEADERS)
    return response


def is_phone(request: HttpRequest) -> bool:
    """Whether the window is narrow; before a script told, whether the browser says it runs on a phone."""
    if NARROW in request.COOKIES:
        return request.COOKIES[NARROW] == "1"
    mobile = request.headers.get("Sec-CH-UA-Mobile") == "?1"
    return mobile or "Mobi" in request.headers.get("User-Agent", "")
