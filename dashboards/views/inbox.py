"""The inbox: what waits for the person, and what they were told."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.htmx import render_page, wants_fragment
from core.models import Notice
from core.notices import mark_read
from core.paging import page_of
from dashboards.queries.waiting import waiting_for


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user).open().order_by("-told_at", "-pk")
    context: dict[str, Any] = {"page": page_of(request, notices)}
    if not wants_fragment(request):
        context["matters"] = waiting_for(request.user)
    return render_page(request, "dashboards/inbox.html", "dashboards/_notices.html", context)


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone; the frame of every page asks for it every five minutes."""
    return render(request, "_bell.html") if wants_fragment(request) else redirect("dashboards:inbox")


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the notice named in the form as read, or all of them."""
    notices = Notice.objects.visible_to(request.user).open()
    named = request.POST.get("notice", "")
    if named:
        notices = notices.filter(pk=named if named.isascii() and named.isdigit() else 0)
    mark_read(notices)
    return redirect("dashboards:inbox")


@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(Notice.objects.filter(pk=notice.pk))
    return redirect(notice.address or "dashboards:inbox")
