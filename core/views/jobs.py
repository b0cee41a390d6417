from typing import Any

from celery import current_app
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core import jobs
from core.htmx import render_page, wants_fragment
from core.models import Heartbeat, Job
from core.paging import page_of
from core.timetable import title_of

POLLING_OVER = 286


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    rows = Job.objects.visible_to(request.user).order_by("-created_at", "-pk")
    state = request.GET.get("state", "")
    if state in Job.State.values:
        rows = rows.filter(state=state)
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": _shown(list(page)),
        "states": [("", _("All")), *Job.State.choices],
        "state": state,
    }
    return render_page(request, "core/jobs.html", "core/_job_list.html", context)


@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a job; its live part asks every two seconds until the job is over."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    context = {"row": _shown([job])[0]}
    if not wants_fragment(request):
        return render(request, "core/job.html", context)
    if job.is_open:
        return render_page(request, "core/job.html", "core/_job.html", context)
    return render_page(request, "core/job.html", "core/_job_over.html", context, status=POLLING_OVER)


@require_POST
def job_stop(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    jobs.stop(job, user=request.user)
    return redirect("core:job", pk=job.pk)


@require_safe
def timetable(request: HttpRequest) -> HttpResponse:
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    rows = [
        {"name": name, "title": title_of(name), "when": _in_words(entry["schedule"]), "beat": beats.get(name)}
        for name, entry in current_app.conf.beat_schedule.items()
    ]
    return render(request, "core/timetable.html", {"rows": rows})


def _shown(rows: list[Job]) -> list[dict[str, Any]]:
    """Each job with its title, who asked for it and the page of its outcome."""
    people = get_user_model().objects.in_bulk({job.user_id for job in rows if job.user_id})
    return [
        {
            "job": job,
            "title": kind.title if (kind := jobs.kind_of(job)) else job.kind,
            "page": kind.page(job) if kind and kind.page and job.state == Job.State.DONE else "",
            "person": people.get(job.user_id),
        }
        for job in rows
    ]


def _in_words(schedule: Any) -> str:
    if hasattr(schedule, "hour"):
        hour, minute = min(schedule.hour), min(schedule.minute)
        return _("daily at %(time)s") % {"time": f"{hour:02}:{minute:02}"}
    seconds = int(getattr(schedule, "total_seconds", lambda: schedule)())
    return ngettext("every %(count)s second", "every %(count)s seconds", seconds) % {"count": seconds}
