"""Responsible units and persons: organisations with their officials."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import units
from accounts.models import Official, Organisation
from accounts.requests import SignedInRequest
from accounts.unit_forms import EndForm, OfficialForm, OrganisationForm
from core.clock import today
from core.htmx import UNPROCESSABLE
from core.paging import page_of
from core.versions import StaleVersion

CONFLICT = 409
MOST_FOUND = 200


def organisation_list(request: SignedInRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    rows = Organisation.objects.visible_to(request.user).select_related("area").order_by("code")
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    if "ended" not in request.GET:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=today()))
    # Names of officials are asked for by POST, so that they stand in no address.
    words = request.POST.get("name", "").strip()[:50]
    if words:
        named = Q(name__icontains=words) | Q(code__icontains=words) | Q(officials__name__icontains=words)
        rows = rows.filter(pk__in=Organisation.objects.filter(named).values("pk"))
    in_office = Q(officials__valid_to=None) | Q(officials__valid_to__gte=today())
    rows = rows.annotate(in_office=Count("officials", filter=in_office & Q(officials__isnull=False)))
    page = page_of(request, rows, MOST_FOUND) if words else page_of(request, rows)
    kinds = Organisation.Kind.choices
    context = {
        "page": page,
        "words": words,
        "kinds": kinds,
        "kind": kind,
        "ended": "ended" in request.GET,
    }
    return render(request, "accounts/organisation_list.html", context)


def organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    return _organisation_page(request, _organisation(request, pk))


def _organisation(request: SignedInRequest, pk: int) -> Organisation:
    rows = Organisation.objects.visible_to(request.user).select_related("area", "area__parent")
    return get_object_or_404(rows, pk=pk)


def _organisation_page(
    request: SignedInRequest, row: Organisation, *, status: int = 200, end_form: EndForm | None = None
) -> HttpResponse:
    officials = row.officials.select_related("phone", "user").order_by("valid_to", "name")
    context = {
        "organisation": row,
        "officials": officials,
        "end_form": end_form or EndForm(initial={"version": row.version}),
    }
    return render(request, "accounts/organisation.html", context, status=status)


def organisation_new(request: SignedInRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, user=request.user, initial={"valid_from": today()})

    def save(values: dict[str, Any]) -> Organisation:
        values.pop("version")
        return units.open_organisation(actor=request.user, **values)

    done, status = _try(request, form, save)
    if done is not None:
        return redirect("accounts:organisation", pk=done.pk)
    return render(request, "accounts/organisation_form.html", {"form": form}, status=status)


def organisation_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _organisation(request, pk)
    seen = {name: getattr(row, name) for name in ("code", "name", "kind", "valid_from", "version")}
    initial = seen | {"area": row.area.code}
    form = OrganisationForm(request.POST or None, user=request.user, initial=initial)

    def save(values: dict[str, Any]) -> Organisation:
        version = values.pop("version") or 0
        units.change_organisation(row, values, version=version, actor=request.user)
        return row

    done, status = _try(request, form, save)
    if done is not None:
        return redirect("accounts:organisation", pk=pk)
    now = get_object_or_404(Organisation.objects.select_related("area"), pk=pk)
    context = {"form": form, "organisation": now}
    return render(request, "accounts/organisation_form.html", context, status=status)


def organisation_end(request: SignedInRequest, pk: int) -> HttpResponse:
    row, form = _organisation(request, pk), EndForm(request.POST)

    def end(values: dict[str, Any]) -> Organisation:
        units.end_organisation(row, actor=request.user, **values)
        return row

    done, status = _try(request, form, end)
    if done is not None:
        return redirect("accounts:organisation", pk=pk)
    return _organisation_page(request, _organisation(request, pk), status=status, end_form=form)


def official_new(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _organisation(request, pk)
    form = OfficialForm(request.POST or None, user=request.user, initial={"valid_from": today()})

    def save(values: dict[str, Any]) -> Official:
        return units.open_official(organisation=row, actor=request.user, **_official_values(values))

    done, status = _try(request, form, save)
    if done is not None:
        return redirect("accounts:official", pk=done.pk)
    context = {"form": form, "organisation": row}
    return render(request, "accounts/official_form.html", context, status=status)


def _official_values(values: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: values[name] for name in ("name", "post", "phone", "valid_from")}
    return wanted | {"user": values["account"]}


def _official(request: SignedInRequest, pk: int) -> Official:
    rows = Official.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("organisation__area", "phone", "user"), pk=pk)


def official(request: SignedInRequest, pk: int) -> HttpResponse:
    return _official_page(request, _official(request, pk))


def _official_page(
    request: SignedInRequest, row: Official, *, status: int = 200, end_form: EndForm | None = None
) -> HttpResponse:
    form = end_form or EndForm(initial={"version": row.version})
    return render(request, "accounts/official.html", {"official": row, "end_form": form}, status=status)


def official_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _official(request, pk)
    initial = {name: getattr(row, name) for name in ("name", "post", "valid_from", "version")}
    initial["account"] = row.user.username if row.user else ""
    form = OfficialForm(request.POST or None, user=request.user, initial=initial)

    def save(values: dict[str, Any]) -> Official:
        version, removed = values["version"] or 0, values["no_phone"]
        wanted = _official_values(values)
        typed = wanted.pop("phone")
        phone = "" if removed else typed or None
        units.change_official(row, wanted, phone=phone, version=version, actor=request.user)
        return row

    done, status = _try(request, form, save)
    if done is not None:
        return redirect("accounts:official", pk=pk)
    now = _official(request, pk)
    context = {"form": form, "official": now, "organisation": now.organisation}
    return render(request, "accounts/official_form.html", context, status=status)


def official_end(request: SignedInRequest, pk: int) -> HttpResponse:
    row, form = _official(request, pk), EndForm(request.POST)

    def end(values: dict[str, Any]) -> Official:
        units.end_official(row, actor=request.user, **values)
        return row

    done, status = _try(request, form, end)
    if done is not None:
        return redirect("accounts:official", pk=pk)
    return _official_page(request, _official(request, pk), status=status, end_form=form)


def _try(request: SignedInRequest, form: Form, do: Callable[[dict[str, Any]], Any]) -> tuple[Any | None, int]:
    """What became of a posted form, or None with the status of the page that shows it again."""
    if request.method != "POST":
        return None, 200
    if not form.is_valid():
        return None, UNPROCESSABLE
    try:
        done = do(dict(form.cleaned_data))
    except StaleVersion as error:
        form.add_error(None, error.messages)
        compare_with(form, error.current)
        return None, CONFLICT
    except ValidationError as error:
        _show_at_fields(form, error)
        return None, UNPROCESSABLE
    messages.success(request, _("Saved."))
    return done, 200


def compare_with(form: Form, current: Any) -> None:
    """The page shows what stands now; saving once more is meant for that version."""
    data: Any = form.data
    data = data.copy()
    data["version"] = str(current.version)
    form.data = data


def _show_at_fields(form: Form, error: ValidationError) -> None:
    """Each sentence at its field; those of a field that the form does not show above it."""
    for name, sentences in getattr(error, "message_dict", {None: error.messages}).items():
        form.add_error(name if name in form.fields else None, sentences)
