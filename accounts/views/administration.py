from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import services
from accounts.forms import CloseForm, GrantForm, RolesForm, UserForm
from accounts.models import AccessEvent, Grant, User
from accounts.queries import events_for_list, grants_of, users_for_list
from accounts.requests import SignedInRequest
from core.changes import change
from core.htmx import UNPROCESSABLE
from core.paging import page_of


def user_list(request: SignedInRequest) -> HttpResponse:
    # Names are asked for by POST, so that they stand in no address.
    words = request.POST.get("name", "").strip()[:50]
    page = page_of(request, users_for_list(words))
    return render(request, "accounts/user_list.html", {"page": page, "words": words})


def user_new(request: SignedInRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _open_from(form, request.user)
        if user is not None:
            return _show_first_password(request, user, services.reset_password(user, actor=request.user))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/user_new.html", {"form": form}, status=status)


def _open_from(form: UserForm, actor: User) -> User | None:
    values = form.cleaned_data
    try:
        with change("account.opened", user=actor):
            user = services.open_account(
                username=values["username"], name=values["name"], roles=[values["role"]], actor=actor
            )
            if values["area"]:
                services.grant_area(user, values["area"], actor=actor)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    return user


def _show_first_password(request: SignedInRequest, user: User, first_password: str) -> HttpResponse:
    """The one page that ever shows it; a reload does not."""
    context = {"person": user, "first_password": first_password}
    return render(request, "accounts/first_password.html", context)


def user(request: SignedInRequest, pk: int) -> HttpResponse:
    return _user_page(request, get_object_or_404(User, pk=pk))


def _user_page(request: SignedInRequest, person: User, **forms: Form) -> HttpResponse:
    context = {
        "person": person,
        "grants": grants_of(person),
        "roles_form": RolesForm(initial={"roles": person.roles}),
        "grant_form": GrantForm(),
        "close_form": CloseForm(),
        **forms,
    }
    return render(request, "accounts/user.html", context, status=UNPROCESSABLE if forms else 200)


def user_roles(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _user_page(request, person, roles_form=form)
    services.set_roles(person, form.cleaned_data["roles"], actor=request.user)
    messages.success(request, _("The roles hold from the next request on."))
    return redirect("accounts:user", pk=pk)


def user_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.grant_area(
                person,
                values["area"],
                actor=request.user,
                from_day=values["from_day"],
                to_day=values["to_day"],
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The grant holds from the next request on."))
            return redirect("accounts:user", pk=pk)
    return _user_page(request, person, grant_form=form)


def user_grant_end(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    services.take_back_grant(get_object_or_404(Grant, pk=grant, user=pk), actor=request.user)
    messages.success(request, _("The grant has ended."))
    return redirect("accounts:user", pk=pk)


def user_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=True)
    return _show_first_password(request, person, services.reset_password(person, actor=request.user))


def user_close(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            services.close_account(person, reason=form.cleaned_data["reason"], actor=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The account is closed."))
            return redirect("accounts:user", pk=pk)
    return _user_page(request, person, close_form=form)


def user_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    services.reopen_account(get_object_or_404(User, pk=pk), actor=request.user)
    messages.success(request, _("The account is open again."))
    return redirect("accounts:user", pk=pk)


def event_list(request: SignedInRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kinds = AccessEvent.Kind.choices
    events = events_for_list(kind if kind in AccessEvent.Kind.values else "")
    context = {"page": page_of(request, events), "kinds": kinds, "kind": kind}
    return render(request, "accounts/event_list.html", context)
