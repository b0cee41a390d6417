"""What the page of one import shows: steps, counts, and the rows of the chosen kind."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from areas.models import Area
from core.numbers import moment, thousands
from core.paging import page_of
from exchange import queries
from exchange.display import shown_rows
from exchange.effects import effects_of
from exchange.formats import FORMATS
from exchange.forms import ConfirmForm
from exchange.models import Import, ImportSheet, StagedRow
from exchange.reading.words import file_sentence
from exchange.reports import Columns, Finding, findings, kinds_of_refusal, totals
from exchange.resolving import plan_for_many_rows

State = Import.State
FIRST_ROWS = 8
MOST_MEMBERS = 100
SHOWN = ("refused", "changed", "new", "warned", "missing")


def import_page(request: HttpRequest, source: Import, *, working: bool) -> dict[str, Any]:
    sheets = queries.sheets_of(source)
    show = request.GET.get("show", "")
    counts = totals(sheets)
    context: dict[str, Any] = {
        "source": source,
        "working": working,
        "area": Area.objects.valid().filter(code=source.area_prefix.ljust(12, "0")).first(),
        "files": _files(source, sheets),
        "sheets": [_sheet(sheet) for sheet in sheets],
        "counts": counts,
        "writes": counts["new"] + counts["changed"],
        "steps": _steps(source, counts),
        "show": show if show in SHOWN else "",
        "by_kind": request.GET.get("by") == "kind",
        "mine": source.user_id == request.user.pk,
        "confirm": ConfirmForm(),
    }
    if source.compared_at and not working:
        context |= _rows(request, source, sheets, context)
    return context


def _files(source: Import, sheets: list[ImportSheet]) -> list[dict[str, Any]]:
    marked = {sheet.file_id for sheet in sheets if sheet.refused or sheet.warned or sheet.left_out}
    return [
        {
            "file": file,
            "problem": file_sentence(file.problem, file.problem_params) if file.problem else "",
            "marked": file.marked if file.marked and file.marked.erased_at is None else None,
            "has_marks": file.pk in marked,
        }
        for file in source.files.select_related("marked")
    ]


def _sheet(sheet: ImportSheet) -> dict[str, Any]:
    known = FORMATS.get(sheet.format)
    columns = sum(1 for heading in sheet.headings if heading) - len(sheet.unknown_headings)
    return {"sheet": sheet, "label": known.label if known else "", "columns": columns}


def _steps(source: Import, counts: dict[str, int]) -> list[dict[str, str]]:
    """The five steps of an import with the state of each."""
    reached = {
        State.UPLOADED: 1,
        State.READING: 1,
        State.COMPARED: 2,
        State.CONFIRMED: 3,
        State.APPLYING: 3,
        State.APPLIED: 5,
    }.get(State(source.state), 0)
    rows = ngettext("%(count)s row", "%(count)s rows", counts["rows_read"]) % {
        "count": thousands(counts["rows_read"])
    }
    texts = [
        (_("Uploaded"), moment(source.created_at)),
        (_("Checked"), rows if source.compared_at else _("each row and cell")),
        (_("Looked at"), _("this step now") if reached == 2 else _("what would change")),
        (_("Written"), moment(source.ended_at) if reached == 5 else _("all at once, never half")),
        (_("Judged"), _("every household and village of the area")),
    ]
    return [
        {
            "title": title,
            "text": text,
            "state": "done" if step < reached else "now" if step == reached else "",
        }
        for step, (title, text) in enumerate(texts)
    ]


def _rows(
    request: HttpRequest, source: Import, sheets: list[ImportSheet], context: dict[str, Any]
) -> dict[str, Any]:
    show = context["show"]
    rows: dict[str, Any] = {}
    columns = {sheet.pk: Columns(sheet) for sheet in sheets if sheet.format}
    if context["by_kind"]:
        rows["kinds"] = kinds_of_refusal(source)
    if show in ("refused", "warned"):
        page = page_of(request, queries.rows_of(source, show))
        rows |= {"page": page, "findings": _findings(page, columns)}
    elif show in ("changed", "new"):
        page = page_of(request, queries.rows_of(source, show))
        rows |= {"page": page, "rows": shown_rows(page, effects_of(source, page))}
    elif show == "missing":
        rows |= _missing(request, source)
    else:
        rows["findings"] = _findings(queries.rows_of(source, "refused")[:FIRST_ROWS], columns)
        first = list(queries.rows_of(source, "changed")[:FIRST_ROWS])
        rows["rows"] = shown_rows(first, effects_of(source, first))
    return rows


def _missing(request: HttpRequest, source: Import) -> dict[str, Any]:
    with transaction.atomic():
        plan_for_many_rows(source)
        page = page_of(request, queries.households_missing(source))
        members = list(queries.members_missing(source)[:MOST_MEMBERS])
        return {"page": page, "listed": list(page), "members": members}


def _findings(rows: Any, columns: dict[int, Columns]) -> list[tuple[StagedRow, Finding]]:
    """One line a problem; the sheet stands beside it when there are several."""
    return [(row, finding) for row in rows for finding in findings(row, columns[row.sheet_id])]
