from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import today
from core.paging import page_of
from households.models import Household
from standards import queries, services
from standards.comparison import Flip, flips
from standards.forms import AssessForm
from standards.models import Assessment, Subject
from villages.models import Village

UNPROCESSABLE = 422
FLIPS_SHOWN = 500


@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    form = AssessForm(user=request.user, initial={"year": today().year}) if _may_run(request) else None
    return _list(request, form)


@require_POST
def assessment_start(request: HttpRequest) -> HttpResponse:
    """Write a job down that judges the area; its page shows how far it is."""
    form = AssessForm(request.POST, user=request.user)
    if not form.is_valid():
        return _list(request, form, status=UNPROCESSABLE)
    job = services.start_assessment(**form.cleaned_data, user=request.user)
    return redirect("core:job", pk=job.pk)


@require_safe
def assessment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _visible(request, pk)
    same = queries.assessments_for_list(request.user).filter(
        subject=assessment.subject, year=assessment.year, state=Assessment.State.DONE
    )
    context = {
        "assessment": assessment,
        "counts": queries.count_rows(assessment),
        "others": [other for other in same[:40] if other.pk != assessment.pk],
    }
    return render(request, "standards/assessment.html", context)


@require_POST
def assessment_close(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _visible(request, pk)
    try:
        services.close_assessment(assessment, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The assessment is closed; it is never judged again."))
    return redirect("standards:assessment", pk=pk)


@require_safe
def assessment_compare(request: HttpRequest) -> HttpResponse:
    """Who flipped from one run to the other, and because of what."""
    first, second = _chosen(request, "first"), _chosen(request, "second")
    rows: list[Flip] = []
    error = ""
    if first and second:
        if (first.started_at, first.pk) > (second.started_at, second.pk):
            first, second = second, first
        try:
            rows = flips(first, second, request.user)
        except ValidationError as failure:
            error = " ".join(failure.messages)
    subject = second.subject if second else Subject.HOUSEHOLD
    context = {
        "first": first,
        "second": second,
        "runs": queries.assessments_for_list(request.user).filter(state=Assessment.State.DONE)[:60],
        "flips": _named(rows[:FLIPS_SHOWN], subject),
        "total": len(rows),
        "shown": FLIPS_SHOWN,
        "error": error,
        "names": _indicator_names(second),
    }
    return render(request, "standards/compare.html", context)


def _list(request: HttpRequest, form: AssessForm | None, status: int = 200) -> HttpResponse:
    page = page_of(request, queries.assessments_for_list(request.user))
    return render(request, "standards/assessments.html", {"page": page, "form": form}, status=status)


def _may_run(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.run_assessments")


def _visible(request: HttpRequest, pk: int) -> Assessment:
    return get_object_or_404(queries.assessments_for_list(request.user), pk=pk)


def _chosen(request: HttpRequest, name: str) -> Assessment | None:
    """The run that the address names; one that is foreign or missing is a page that does not exist."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Http404
    return _visible(request, int(text))


def _indicator_names(assessment: Assessment | None) -> dict[str, str]:
    if assessment is None:
        return {}
    names = {i.code: i.name for i in assessment.version.gating_indicators()}
    return {**names, "verdict": _("Verdict")}


def _named(rows: list[Flip], subject: str) -> list[dict]:
    """Flips with whom they are about and only what changed."""
    ids = [flip.subject_id for flip in rows]
    found: dict[int, Any]
    if subject == Subject.HOUSEHOLD:
        found = {h.pk: h for h in Household.objects.filter(pk__in=ids).select_related("village__area")}
    else:
        found = {v.pk: v for v in Village.objects.filter(pk__in=ids).select_related("area")}
    return [
        {
            "subject": found.get(flip.subject_id),
            "changes": [
                (code, flip.before.get(code, ""), after)
                for code, after in flip.after.items()
                if flip.before.get(code) != after
            ],
            "causes": flip.causes,
            "criteria": flip.criteria,
        }
        for flip in rows
    ]
