"""What the security administrator does with one account: each step its own address."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import services
from accounts.administration_forms import (
    GrantForm,
    HandOverForm,
    HouseholdsGrantForm,
    OrganisationGrantForm,
    PersonForm,
    ReasonForm,
    RolesForm,
)
from accounts.events import record
from accounts.handing_over import hand_over
from accounts.models import AccessEvent, Grant, User
from accounts.requests import SignedInRequest
from accounts.views.administration import CONFLICT, show_first_password, user_page
from accounts.views.organisations import compare_with
from core.htmx import UNPROCESSABLE
from core.versions import StaleVersion


def _do(
    request: SignedInRequest, person: User, name: str, form: Form, do: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Check the form, do the step and say what holds now; a refusal keeps what was typed."""
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            words = do(form.cleaned_data)
        except StaleVersion as error:
            status = CONFLICT
            form.add_error(None, error.messages)
            compare_with(form, error.current)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, words)
            return redirect("accounts:user", pk=person.pk)
    fresh = get_object_or_404(User, pk=person.pk)
    return user_page(request, fresh, status=status, **{name: form})


def _person(pk: int) -> User:
    return get_object_or_404(User, pk=pk)


def user_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def save(values: dict[str, Any]) -> str:
        version = values.pop("version")
        services.change_person(person, values=values, version=version, actor=request.user)
        return _("Saved.")

    return _do(request, person, "person_form", PersonForm(request.POST), save)


def user_roles(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def save(values: dict[str, Any]) -> str:
        services.set_roles(person, values["roles"], actor=request.user, version=values["version"])
        return _("The roles hold from the next request on.")

    return _do(request, person, "roles_form", RolesForm(request.POST), save)


def _grant_words() -> str:
    return _("The grant holds from the next request on.")


def user_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def give(values: dict[str, Any]) -> str:
        services.grant_area(person, values.pop("area"), actor=request.user, **values)
        return _grant_words()

    return _do(request, person, "grant_form", GrantForm(request.POST), give)


def user_grant_organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def give(values: dict[str, Any]) -> str:
        services.grant_organisation(person, values.pop("organisation"), actor=request.user, **values)
        return _grant_words()

    form = OrganisationGrantForm(request.POST, prefix="unit")
    return _do(request, person, "organisation_form", form, give)


def user_grant_households(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def give(values: dict[str, Any]) -> str:
        services.grant_households(person, values.pop("numbers"), actor=request.user, **values)
        return _grant_words()

    form = HouseholdsGrantForm(request.POST, prefix="homes")
    return _do(request, person, "households_form", form, give)


def user_grant_end(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    held = get_object_or_404(Grant.objects.select_related("user"), pk=grant, user=pk)
    return _at_once(
        request,
        held.user,
        lambda: services.take_back_grant(held, actor=request.user),
        _("The grant has ended."),
    )


def user_hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def give(values: dict[str, Any]) -> str:
        to, day = values["to"], values["from_day"]
        count = hand_over(person, to, reason=values["reason"], from_day=day, actor=request.user)
        return ngettext(
            "%(count)s grant passes to %(name)s.", "%(count)s grants pass to %(name)s.", count
        ) % {"count": count, "name": to.name}

    form = HandOverForm(request.POST, prefix="over")
    return _do(request, person, "hand_over_form", form, give)


def user_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=True)
    try:
        password = services.reset_password(person, actor=request.user)
    except ValidationError as error:
        return _refused(request, person, error)
    return show_first_password(request, person, password)


def user_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    services.sign_out_everywhere(person, actor=request.user)
    record(request, AccessEvent.Kind.SESSION_ENDED, subject=person.username, reason="administrator")
    messages.success(request, _("All sessions of this person have ended."))
    return redirect("accounts:user", pk=pk)


def user_close(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def close(values: dict[str, Any]) -> str:
        services.close_account(person, reason=values["reason"], actor=request.user)
        return _("The account is closed.")

    return _do(request, person, "reason_form", ReasonForm(request.POST), close)


def user_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)

    def reopen(values: dict[str, Any]) -> str:
        services.reopen_account(person, reason=values["reason"], actor=request.user)
        return _("The account is open again.")

    return _do(request, person, "reason_form", ReasonForm(request.POST), reopen)


def _at_once(request: SignedInRequest, person: User, step: Callable[[], Any], words: str) -> HttpResponse:
    """A step without a form."""
    try:
        step()
    except ValidationError as error:
        return _refused(request, person, error)
    messages.success(request, words)
    return redirect("accounts:user", pk=person.pk)


def _refused(request: SignedInRequest, person: User, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("accounts:user", pk=person.pk)
