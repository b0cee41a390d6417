"""Put one field back from a row of the history: shown first, written with a reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from core.htmx import UNPROCESSABLE
from desk.forms import RestoreForm
from desk.queries.history import Rows, rows_of_household, rows_of_village
from desk.restoring import restore, restoring
from desk.views.household import visible_or_404
from desk.views.villages import village_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def household_restore(request: SignedInRequest, number: str) -> HttpResponse:
    household = visible_or_404(request, number)
    back = reverse("desk:household-detail", args=[household.number])
    return _restore(request, rows_of_household(household, request.user), back, {"household": household})


@require_http_methods(["GET", "HEAD", "POST"])
def village_restore(request: SignedInRequest, code: str) -> HttpResponse:
    village = village_or_404(request, code)
    back = reverse("desk:village-detail", args=[village.area.code])
    return _restore(request, rows_of_village(village), back, {"village": village.area})


def _restore(
    request: SignedInRequest, groups: list[Rows], back: str, context: dict[str, Any]
) -> HttpResponse:
    if "row" not in request.GET:
        # What to put back is chosen in the history.
        return redirect(f"{back}history/")
    what = restoring(groups, request.GET["row"], request.GET.get("column", ""))
    if what is None:
        raise Http404
    form = RestoreForm(request.POST or None, initial={"seen": what.row.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            restore(what, version=clean["seen"], user=request.user, reason=clean["reason"])
        except ValidationError as error:
            # What stands now is shown beside the old value; whoever still wants it sends again.
            what.row.refresh_from_db()
            form = RestoreForm({**clean, "seen": what.row.version})
            form.add_error(None, error)
        else:
            messages.success(request, _("%(field)s is put back to %(value)s.") % _words(what))
            return redirect(back)
    context |= {"what": what, "form": form, "back": back}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "desk/restore.html", context, status=status)


def _words(what: Any) -> dict[str, str]:
    return {"field": what.label, "value": what.old}
