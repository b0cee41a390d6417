from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.events import record
from accounts.models import AccessEvent
from core.clock import today
from desk import exports
from desk.conditions import HouseholdConditions
from desk.queries.chips import area_names
from desk.queries.households import found_households
from desk.queries.listing import in_order
from exchange.tables_out import XLSX, csv_lines, xlsx_file
from standards.models import Subject
from standards.scope import standard_in_view, year_asked, years_known


@require_safe
def household_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The list as it is shown, all pages; who took it and by which conditions is recorded."""
    user: Any = request.user
    year = year_asked(request.GET.get("year"), years_known(user))
    version = standard_in_view(user, Subject.HOUSEHOLD, year, request.GET.get("town", "")[:6])
    conditions = HouseholdConditions.read(request.GET, year, version)
    keys = list(in_order(found_households(user, conditions), conditions).values_list("pk", flat=True))
    as_workbook = request.GET.get("format") == "xlsx"
    if as_workbook and len(keys) > exports.MOST_XLSX:
        words = _("A workbook holds at most %(most)s households here; take the CSV file or narrow the list.")
        messages.error(request, words % {"most": f"{exports.MOST_XLSX:,}"})
        return redirect(reverse("desk:household-list") + conditions.address())
    heads = exports.head_lines(conditions, area_names(user, conditions), len(keys), user.name)
    record(request, AccessEvent.Kind.EXPORTED, reason=" · ".join(heads[1:])[:300], rows=len(keys))
    columns = exports.column_heads(conditions)
    rows = exports.lines(keys, list(conditions.indicator_names))
    name = f"households-{year}-{today():%Y%m%d}"
    if as_workbook:
        file = xlsx_file(heads, columns, rows, sheet=_("Households"))
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response = StreamingHttpResponse(csv_lines(heads, columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
