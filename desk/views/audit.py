from datetime import date, timedelta
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit_words import REFUSED, action_words
from accounts.events import record
from accounts.models import AccessEvent, User
from accounts.queries import sees_all
from accounts.requests import SignedInRequest
from accounts.roles import ROLES
from core.htmx import UNPROCESSABLE
from core.models import Seal, SealCheck
from core.numbers import day
from core.paging import page_of
from desk.exports import MOST_XLSX
from desk.forms import AuditForm
from desk.queries import audit as queries
from desk.queries.audit import Conditions
from exchange.tables_out import XLSX, csv_lines, xlsx_file


@require_http_methods(["GET", "HEAD", "POST"])
def audit_list(request: SignedInRequest) -> HttpResponse:
    """Operations by person, subject, action and day. A name is posted and leaves as its key."""
    if request.method == "POST":
        form = AuditForm(request.POST, people=queries.visible_people(request.user))
        if form.is_valid():
            return redirect(f"{reverse('desk:audit')}?{urlencode(form.address())}")
        return _list(request, _conditions({}), form, UNPROCESSABLE)
    wanted = _conditions(request.GET)
    return _list(request, wanted, _unasked(request, wanted), 200)


def _list(request: SignedInRequest, wanted: Conditions, form: AuditForm, status: int) -> HttpResponse:
    page = page_of(request, queries.operations(request.user, wanted))
    context = {
        "form": form,
        "page": page,
        "rows": queries.in_words(list(page), request.user),
        "query": urlencode(_address(wanted)),
        "check": SealCheck.objects.order_by("-at").first(),
        "narrowed": wanted.person or wanted.subject or wanted.action,
    }
    return render(request, "desk/audit.html", context, status=status)


def _conditions(asked: Any) -> Conditions:
    """What the address asks for; anything that is no day, key or number is left out."""
    today = timezone.localdate()
    to_day = _day(asked.get("to", "")) or today
    from_day = _day(asked.get("from", "")) or to_day - timedelta(days=queries.DAYS_SHOWN - 1)
    person = asked.get("person", "")
    return Conditions(
        from_day=min(from_day, to_day),
        to_day=to_day,
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 18 else None,
        subject=asked.get("subject", "").replace("\0", "")[:100],
        action=asked.get("action", "").replace("\0", "")[:60],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _address(wanted: Conditions) -> dict[str, Any]:
    return {
        "from": wanted.from_day,
        "to": wanted.to_day,
        **({"person": wanted.person} if wanted.person else {}),
        **({"subject": wanted.subject} if wanted.subject else {}),
        **({"action": wanted.action} if wanted.action else {}),
    }


def _unasked(request: SignedInRequest, wanted: Conditions) -> AuditForm:
    """The form as the address fills it in."""
    people = queries.visible_people(request.user)
    person = people.filter(pk=wanted.person).first() if wanted.person else None
    initial = {
        "person": person.username if person else "",
        "subject": wanted.subject,
        "action": wanted.action,
        "from_day": wanted.from_day,
        "to_day": wanted.to_day,
    }
    return AuditForm(initial=initial, people=people)


@require_safe
def audit_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """One change with the rows it wrote, old → new."""
    change = get_object_or_404(queries.visible_changes(request.user), pk=pk)
    rows, total = queries.rows_written(change, request.user)
    context = {
        "one": change,
        "is_change": True,
        "rows": rows,
        "more": total - len(rows),
        **_common(request, change, is_change=True),
    }
    return render(request, "desk/audit_row.html", context)


@require_safe
def audit_event(request: SignedInRequest, pk: int) -> HttpResponse:
    """One access: who came, what for, and how it ended."""
    event = get_object_or_404(queries.visible_events(request.user).select_related("user"), pk=pk)
    context = {"one": event, **_common(request, event, is_change=False)}
    return render(request, "desk/audit_row.html", context)


def _common(request: SignedInRequest, row: Any, *, is_change: bool) -> dict[str, Any]:
    person = User.objects.filter(pk=row.user_id).first() if row.user_id else None
    role = ROLES.get(row.role)
    number = row.transaction_number
    return {
        "action": action_words(row.kind, is_change=is_change),
        "person": person,
        "role": role.label if role else "",
        "refused": not is_change and row.kind in REFUSED,
        "reason": queries.reason_shown(row.kind, row.reason, sees_all(request.user)),
        "seal": Seal.objects.filter(from_transaction__lte=number, horizon__gt=number).first(),
    }


@require_safe
def audit_export(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """The list as it is shown, all pages; that it was taken is an operation itself."""
    wanted = _conditions(request.GET)
    found = queries.operations(request.user, wanted)
    count = found.count()
    days = _("%(from)s to %(to)s") % {"from": day(wanted.from_day), "to": day(wanted.to_day)}
    record(request, AccessEvent.Kind.EXPORTED, reason=f"{_('Audit')} · {days}"[:300], rows=count)
    who = _("%(count)d operations, exported by %(who)s") % {"count": count, "who": request.user.name}
    heads = [_("Audit"), days, who]
    lines = queries.export_lines(found, request.user)
    name = f"audit-{wanted.from_day:%Y%m%d}-{wanted.to_day:%Y%m%d}"
    if request.GET.get("format") == "xlsx" and count <= MOST_XLSX:
        file = xlsx_file(heads, queries.export_heads(), lines, sheet=_("Audit"))
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response = StreamingHttpResponse(
        csv_lines(heads, queries.export_heads(), lines), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_safe
def audit_seals(request: SignedInRequest) -> HttpResponse:
    """The state of the chain, and the latest digest to be noted elsewhere."""
    seals = Seal.objects.order_by("-number")
    page = page_of(request, seals)
    for seal in page:
        seal.rows = sum(part["rows"] for part in seal.parts.values())
    context = {
        "last": seals.first(),
        "page": page,
        "check": SealCheck.objects.order_by("-at").first(),
        "waiting": queries.unsealed(),
    }
    return render(request, "desk/audit_seals.html", context)
