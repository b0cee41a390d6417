"""Enter and correct one household in one year: the form, its live verdict, and two people at once."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from areas.queries import ancestors
from core.htmx import UNPROCESSABLE
from core.versions import StaleVersion
from desk.entry_layout import household_fields, member_view, member_views, year_sections
from desk.queries.conflict import Conflict, changed_since, merge
from desk.queries.entry import EntryPage
from desk.queries.live import live_verdict
from desk.views.household import visible_or_404
from households.entry import Entry, already_saved, lock_household, save_entry
from households.models import Household, HouseholdYear, Membership, Person, PersonYear

CONFLICT = 409
TRIES = 3
SEEN = {Person: "seen_person", Membership: "seen_membership", PersonYear: "seen_facts"}


@require_http_methods(["GET", "HEAD", "POST"])
def household_edit(request: SignedInRequest, number: str, year: int) -> HttpResponse:
    household = visible_or_404(request, number)
    facts = _facts_or_404(household, year)
    if household.number != number:
        return redirect(_address(household, year))
    if household.cancelled_on is not None or facts.closed:
        messages.error(request, _("This record is read-only: the household is cancelled or the year closed."))
        return redirect(_back(household, year))
    if request.method != "POST":
        return _response(request, EntryPage(request.user, household, facts))
    if "save" not in request.POST:
        extra = 1 if "add" in request.POST else 0
        return _response(request, EntryPage(request.user, household, facts, request.POST, extra))
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _save(request, number, year)
        except StaleVersion:
            continue
    messages.error(request, _("Somebody else saves this household all the time; please save again."))
    return _response(request, EntryPage(request.user, household, facts, request.POST), status=CONFLICT)


@require_POST
def household_live_verdict(request: SignedInRequest, number: str, year: int) -> HttpResponse:
    """How the household would be judged with what is typed; nothing is written."""
    household = visible_or_404(request, number)
    page = EntryPage(request.user, household, _facts_or_404(household, year), request.POST)
    return render(request, "desk/_entry_verdict.html", {"live": live_verdict(page), "year": year})


def _facts_or_404(household: Household, year: int) -> HouseholdYear:
    facts = HouseholdYear.objects.filter(household=household, year=year).first()
    if facts is None:
        raise Http404
    return facts


def _save(request: SignedInRequest, number: str, year: int) -> HttpResponse:
    """Save under the lock of the household, or show what stands against it."""
    lock_household(visible_or_404(request, number).pk)
    household = visible_or_404(request, number)
    sending = _sending(request.POST)
    if already_saved(household.number, sending):
        return _saved(request, household, year, True)
    page = EntryPage(request.user, household, _facts_or_404(household, year), request.POST)
    if not page.is_valid():
        return _response(request, page, status=UNPROCESSABLE)
    entry = page.entry()
    conflicts = _merged(entry, request.POST)
    if conflicts or page.gone:
        return _conflict(request, page, entry, conflicts)
    said = page.why_form.cleaned_data
    try:
        written = save_entry(
            entry, user=request.user, sending=sending, reason=said["reason"], evidence=said["evidence"]
        )
    except StaleVersion:
        raise
    except ValidationError as error:
        transaction.set_rollback(True)
        for sentence in error.messages:
            page.why_form.add_error(None, sentence)
        return _response(request, page, status=UNPROCESSABLE)
    return _saved(request, household, year, written)


def _sending(data: QueryDict) -> str:
    """The same for the same content of the same form; another form or word makes another."""
    items = sorted((name, values) for name, values in data.lists() if name != "csrfmiddlewaretoken")
    return "form-" + hashlib.sha256(repr(items).encode()).hexdigest()[:32]


def _merged(entry: Entry, data: QueryDict) -> list[Conflict]:
    """Apply what was chosen between two people, merge what only one of them changed."""
    conflicts = []
    for correction in entry.corrections:
        for column in correction.values:
            if data.get(f"pick-{correction.part}-{column}") == "theirs":
                correction.values[column] = getattr(correction.row, column)
        if correction.version != correction.row.version:
            conflicts += merge(correction, changed_since(correction.row, correction.version))
    return conflicts


def _conflict(
    request: SignedInRequest, page: EntryPage, entry: Entry, conflicts: list[Conflict]
) -> HttpResponse:
    """The form on the versions of now, merged where that asks nobody, with the fields to decide."""
    data = request.POST.copy()
    undecided = {conflict.name for conflict in conflicts}
    for correction in entry.corrections:
        data[f"{correction.part}-{SEEN.get(type(correction.row), 'seen')}"] = str(correction.row.version)
        for column, value in correction.values.items():
            name = f"{correction.part}-{column}"
            data.pop(f"pick-{name}", None)
            if name not in undecided and column not in ("birth_date", "to_day", "to_reason"):
                data.setlist(name, _as_typed(value))
    gone = page.gone
    fresh = EntryPage(request.user, page.household, page.year, data)
    return _response(request, fresh, status=CONFLICT, conflicts=conflicts, gone=gone)


def _as_typed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [] if value is None else [str(getattr(value, "pk", value))]


def _saved(request: SignedInRequest, household: Household, year: int, written: bool) -> HttpResponse:
    messages.success(request, _("Saved.") if written else _("Nothing was changed."))
    return redirect(_back(household, year))


def _address(household: Household, year: int) -> str:
    return reverse("desk:household-edit", args=[household.number, year])


def _back(household: Household, year: int) -> str:
    return f"{reverse('desk:household-detail', args=[household.number])}?year={year}"


def _response(request: HttpRequest, page: EntryPage, *, status: int = 200, **more: Any) -> HttpResponse:
    household, year = page.household, page.year.year
    live = live_verdict(page)
    sent_to_save = status == UNPROCESSABLE
    context = {
        "page": page,
        "household": household,
        "village": household.village.area,
        "path": ancestors(household.village.area, request.user),
        "year": year,
        "basic": household_fields(page),
        "members": member_views(page),
        "blank": member_view(page.blank),
        "sections": year_sections(page),
        "why": page.why_form,
        "live": live,
        "problems": page.problems if sent_to_save else [],
        "back": _back(household, year),
        "verdict_address": reverse("desk:household-verdict", args=[household.number, year]),
        **more,
    }
    return render(request, "desk/entry.html", context, status=status)
