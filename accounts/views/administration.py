"""Accounts as the security administrator sees them: the list, one account, a new one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import dormancy, services
from accounts.administration_forms import (
    GrantForm,
    HandOverForm,
    HouseholdsGrantForm,
    OrganisationGrantForm,
    PersonForm,
    ReasonForm,
    RolesForm,
    UserFilterForm,
    UserForm,
)
from accounts.household_numbers import numbers_of
from accounts.models import Grant, User
from accounts.queries import open_grants_of, past_grants_of, users_for_list
from accounts.requests import SignedInRequest
from core.changes import change
from core.htmx import UNPROCESSABLE
from core.paging import page_of

CONFLICT = 409
NUMBERS_SHOWN = 12
# Words stand in no address, so what was searched for comes on one page.
MOST_FOUND = 200


def user_list(request: SignedInRequest) -> HttpResponse:
    form = UserFilterForm(request.GET)
    conditions: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    # Names are asked for by POST, so that they stand in no address.
    words = request.POST.get("name", "").strip()[:50]
    found = users_for_list(words, **conditions) if form.is_valid() else User.objects.none()
    page = page_of(request, found, MOST_FOUND) if words else page_of(request, found)
    people = [(person, dormancy.days_left(person)) for person in page]
    context = {
        "page": page,
        "people": people,
        "words": words,
        "form": form,
        "filtered": any(conditions.values()) or bool(words),
        "closing_soon": dormancy.closing_soon(User.objects.all()).count(),
    }
    return render(request, "accounts/user_list.html", context)


def user_new(request: SignedInRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = _open_from(form, request.user)
        if opened is not None:
            return show_first_password(request, *opened)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/user_new.html", {"form": form}, status=status)


def _open_from(form: UserForm, actor: User) -> tuple[User, str] | None:
    values = form.cleaned_data
    try:
        with change("account.opened", user=actor):
            user = services.open_account(
                username=values["username"], name=values["name"], roles=[values["role"]], actor=actor
            )
            if values["area"]:
                services.grant_area(user, values["area"], actor=actor)
            if values["organisation"]:
                services.grant_organisation(user, values["organisation"], actor=actor)
            return user, services.reset_password(user, actor=actor)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def show_first_password(request: SignedInRequest, user: User, first_password: str) -> HttpResponse:
    """The one page that ever shows it; a reload does not."""
    context = {"person": user, "first_password": first_password}
    return render(request, "accounts/first_password.html", context)


def user(request: SignedInRequest, pk: int) -> HttpResponse:
    return user_page(request, get_object_or_404(User, pk=pk))


def user_page(
    request: SignedInRequest, person: User, *, status: int = UNPROCESSABLE, **forms: Form
) -> HttpResponse:
    """The page of one account; `forms` are those that were filled in wrongly."""
    grants = list(open_grants_of(person))
    version = {"version": person.version}
    context = {
        "person": person,
        "own": person.pk == request.user.pk,
        "grants": _with_numbers(grants),
        "past_grants": _with_numbers(list(past_grants_of(person)[:20])),
        "person_form": PersonForm(initial={"name": person.name, "email": person.email} | version),
        "roles_form": RolesForm(initial={"roles": person.roles} | version),
        "grant_form": GrantForm(),
        "organisation_form": OrganisationGrantForm(prefix="unit"),
        "households_form": HouseholdsGrantForm(prefix="homes"),
        "hand_over_form": HandOverForm(prefix="over"),
        "reason_form": ReasonForm(),
        "days_left": dormancy.days_left(dormancy.with_idle_since(User.objects.filter(pk=person.pk)).get()),
        "last_administrator": _is_last(person),
        **forms,
    }
    return render(request, "accounts/user.html", context, status=status if forms else 200)


def _is_last(person: User) -> bool:
    with transaction.atomic():
        return services.is_last_security_administrator(person)


def _with_numbers(grants: list[Grant]) -> list[dict[str, Any]]:
    """Each grant with the numbers of its households, the first ones and how many more."""
    keys = {home.household_id for grant in grants for home in grant.households.all()}
    numbers = numbers_of(keys) if keys else {}
    shown = []
    for grant in grants:
        held = sorted(numbers.get(home.household_id, "—") for home in grant.households.all())
        shown.append({"grant": grant, "numbers": held[:NUMBERS_SHOWN], "more": len(held) - NUMBERS_SHOWN})
    return shown
