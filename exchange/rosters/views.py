"""Pages of rosters: template, upload, preview, confirm, the slips with first passwords."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.models import AccessEvent, User
from accounts.requests import SignedInRequest
from core.htmx import UNPROCESSABLE, wants_fragment
from core.jobs import enqueue
from core.paging import page_of
from exchange.reading.container import LARGEST_FILE, MEGABYTE
from exchange.rosters import services
from exchange.rosters.columns import COLUMNS, TITLES
from exchange.rosters.models import RIGHTS, Roster
from exchange.rosters.reading import RosterRow, counts_of
from exchange.rosters.template import template_of
from exchange.tables_out import XLSX, attachment

POLLING_OVER = 286
RECENT = 10


class RosterForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Workbook"), help_text=gettext_lazy(".xlsx, .xls or .csv"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            message = _("“%(name)s” is larger than %(limit)s MB. Please divide it.")
            raise ValidationError(message % {"name": file.name, "limit": LARGEST_FILE // MEGABYTE})
        return file


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def _kind(request: SignedInRequest, kind: str) -> str:
    """The kind in the address, when the person may write it; else it does not exist for them."""
    if kind not in RIGHTS or not request.user.may(RIGHTS[kind]):
        raise Http404
    return kind


def start(request: SignedInRequest, kind: str) -> HttpResponse:
    """The template, the upload, and what the person uploaded before."""
    kind = _kind(request, kind)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            roster = services.keep_roster(kind, file.name, file, user=request.user)
        except ValidationError as error:
            form.add_error("file", error.messages)
        else:
            return redirect("exchange:roster", pk=roster.pk)
    recent = Roster.objects.visible_to(request.user).filter(kind=kind).order_by("-pk")[:RECENT]
    context = {
        "form": form,
        "kind": kind,
        "title": Roster.Kind(kind).label,
        "columns": COLUMNS[kind],
        "recent": recent,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "exchange/roster_start.html", context, status=status)


def template(request: SignedInRequest, kind: str) -> HttpResponse:
    kind = _kind(request, kind)
    response = HttpResponse(template_of(kind), content_type=XLSX)
    response.headers["Content-Disposition"] = attachment(f"{TITLES[kind]}.xlsx")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _visible(request: SignedInRequest, pk: int) -> Roster:
    rows = Roster.objects.visible_to(request.user).select_related("stored", "job", "passwords")
    found: Roster = get_object_or_404(rows, pk=pk)
    return found


def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page of a roster; while a job works on it, its live part asks every two seconds."""
    roster = _visible(request, pk)
    if wants_fragment(request) and "progress" in request.GET:
        status = 200 if roster.is_working else POLLING_OVER
        response = render(request, "exchange/_roster_progress.html", {"roster": roster}, status=status)
        if not roster.is_working:
            response["HX-Refresh"] = "true"
        return response
    return _page(request, roster, ReasonForm())


def _page(request: SignedInRequest, roster: Roster, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"roster": roster, "form": form, "columns": COLUMNS[roster.kind]}
    if roster.may_confirm:
        try:
            context |= _preview(request, services.checked_rows(roster, request.user))
        except ValidationError as error:
            context["unreadable"] = " ".join(error.messages)
    return render(request, "exchange/roster.html", context, status=status)


def _preview(request: SignedInRequest, rows: list[RosterRow]) -> dict[str, Any]:
    counts = counts_of(rows)
    refused = [(row, problem) for row in rows for problem in sorted(row.problems, key=lambda p: p.letter)]
    writes = counts["new"] + counts["changed"]
    return {
        "counts": counts | {"read": len(rows)},
        "writes": writes if not counts["refused"] else 0,
        "problems": page_of(request, refused) if refused else None,
        "rows": page_of(request, [row for row in rows if row.state != "unchanged"]) if not refused else None,
        "notes": [row for row in rows if row.note][:50],
    }


def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    roster, form = _visible(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, roster, form, status=UNPROCESSABLE)
    try:
        services.confirm(roster, reason=form.cleaned_data["reason"], user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("exchange:roster", pk=pk)


def abandon(request: SignedInRequest, pk: int) -> HttpResponse:
    roster = _visible(request, pk)
    try:
        services.abandon(roster, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("exchange:roster", pk=pk)
    return redirect("exchange:roster-start", kind=roster.kind)


def passwords(request: SignedInRequest, pk: int) -> HttpResponse:
    """The slips, shown this once; a reload finds nothing."""
    roster = _visible(request, pk)
    try:
        slips = services.take_passwords(roster)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("exchange:roster", pk=pk)
    record(
        request, AccessEvent.Kind.DOWNLOADED, subject=f"roster {pk}", reason=f"first passwords: {len(slips)}"
    )
    context = {"roster": roster, "slips": slips, "site": request.build_absolute_uri("/")}
    return render(request, "exchange/roster_slips.html", context)


def renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """New first passwords for those who never signed in: the slips were lost, or were not taken in time."""
    roster = _visible(request, pk)
    if not roster.may_renew:
        messages.error(request, _("There is nothing to renew at this moment."))
        return redirect("exchange:roster", pk=pk)
    if not User.objects.filter(pk__in=roster.opened, is_active=True, last_seen_at=None).exists():
        messages.error(request, _("Everybody of this roster has signed in already."))
        return redirect("exchange:roster", pk=pk)
    job = enqueue("rosters.renew", user=request.user, arguments={"roster": pk})
    Roster.objects.filter(pk=pk).update(job=job)
    return redirect("exchange:roster", pk=pk)
