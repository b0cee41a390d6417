from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.events import record
from accounts.models import AccessEvent
from core import jobs
from core.files import FileUnreadable, plain_pieces
from core.htmx import render_page, wants_fragment
from core.models import Job
from core.paging import page_of
from exchange import pages, queries, services
from exchange.forms import ConfirmForm, UploadForm
from exchange.models import Import, ImportFile
from exchange.tables_out import XLSX, attachment

POLLING_OVER = 286
MOST_ROWS = 500


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    page = page_of(request, queries.imports_for_list(request.user))
    return render_page(request, "exchange/imports.html", "exchange/_imports.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method != "POST":
        return render(request, "exchange/upload.html", {"form": form})
    if not form.is_valid():
        return render(request, "exchange/upload.html", {"form": form}, status=422)
    clean = form.cleaned_data
    with transaction.atomic():
        source = services.start_import(
            [(file.name, file) for file in clean["files"]],
            area=clean["area"],
            year=clean["year"],
            user=request.user,
            erase_on_empty=clean["erase_on_empty"],
            all_or_nothing=clean["all_or_nothing"],
        )
        _enqueue(request, "exchange.read", source)
    return redirect("exchange:import", pk=source.pk)


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of an import; while a job works on it, its live part asks every two seconds."""
    source = _visible(request, pk)
    working = source.job is not None and source.job.is_open
    if wants_fragment(request) and "progress" in request.GET:
        status = 200 if working else POLLING_OVER
        response = render(
            request, "exchange/_progress.html", {"source": source, "working": working}, status=status
        )
        if not working:
            response["HX-Refresh"] = "true"
        return response
    context = pages.import_page(request, source, working=working)
    return render_page(request, "exchange/import.html", "exchange/_rows.html", context)


@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    source = _visible(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why these workbooks are written."))
        return redirect("exchange:import", pk=pk)
    try:
        with transaction.atomic():
            services.confirm_import(source, user=request.user, reason=form.cleaned_data["reason"])
            _enqueue(request, "exchange.apply", source)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("exchange:import", pk=pk)


@require_POST
def import_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Take or leave out the changed rows that stand on the page."""
    source = _visible(request, pk)
    shown, taken = (_keys(request, name) for name in ("shown", "take"))
    try:
        services.choose_rows(source, shown=shown, taken=taken, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    page = request.POST.get("page", "")
    return redirect(
        f"{reverse('exchange:import', args=[pk])}?show=changed&page={page if page.isdigit() else 1}"
    )


def _keys(request: HttpRequest, name: str) -> list[int]:
    texts = request.POST.getlist(name)[:MOST_ROWS]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


@require_POST
def import_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    source = _visible(request, pk)
    try:
        services.abandon_import(source, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("exchange:import", pk=pk)
    return redirect("exchange:imports")


@require_http_methods(["GET", "HEAD", "POST"])
def import_marked(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """The annotated workbook, for the person who uploaded it, within a day; POST makes it anew."""
    source = _visible(request, pk)
    file = get_object_or_404(source.files.select_related("marked"), pk=file_pk)
    if source.user_id != request.user.pk:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            _enqueue(request, "exchange.mark", source, file=file)
        return redirect("exchange:import", pk=pk)
    response = _download(file)
    record(
        request,
        AccessEvent.Kind.DOWNLOADED,
        subject=str(file.pk),
        area=source.area_prefix,
        reason=f"exchange.marked {source.pk}",
    )
    return response


def _download(file: ImportFile) -> HttpResponse:
    if file.marked is None or file.marked.erased_at is not None:
        raise Http404
    try:
        pieces = list(plain_pieces(file.marked))
    except FileUnreadable:
        raise Http404 from None
    response: Any = FileResponse(pieces, content_type=XLSX)
    name = f"{file.name.rpartition('.')[0]}-{_('marked')}.xlsx"
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _visible(request: HttpRequest, pk: int) -> Import:
    rows: Any = Import.objects.visible_to(request.user).select_related("county", "job")
    return get_object_or_404(rows, pk=pk)


def _enqueue(request: HttpRequest, kind: str, source: Import, file: ImportFile | None = None) -> Job:
    arguments = {"import": source.pk} | ({"file": file.pk} if file else {})
    job = jobs.enqueue(kind, user=request.user, arguments=arguments, area_prefix=source.area_prefix)
    Import.objects.filter(pk=source.pk).update(job=job)
    return job
