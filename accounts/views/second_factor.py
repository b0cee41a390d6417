"""The own second factor: set up, confirm, new recovery codes, remove; and its reset for somebody else."""

import io
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import one_time_codes
from accounts import second_factor as factors
from accounts.events import record
from accounts.forms import CodeForm
from accounts.models import AccessEvent, SecondFactor, User
from accounts.recent import RecentPasswordForm, password_is_recent
from accounts.requests import SignedInRequest
from core.context_processors import House
from core.htmx import UNPROCESSABLE


class ResetForm(RecentPasswordForm):
    reason = forms.CharField(label=_lazy("Reason"), max_length=200)


PAGE = "accounts/second_factor.html"


@never_cache
@sensitive_post_parameters("password")
def second_factor(request: SignedInRequest) -> HttpResponse:
    """What stands; a POST makes the key of a new one."""
    if request.method != "POST":
        return _page(request)
    form = RecentPasswordForm(request, request.POST)
    if settings.SECOND_FACTOR == factors.OFF:
        messages.error(request, _("This installation asks for no second factor."))
    elif not form.is_valid():
        return _page(request, begin_form=form)
    else:
        try:
            factors.begin(request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
    return redirect("accounts:second-factor")


@never_cache
@sensitive_post_parameters("code")
def confirm(request: SignedInRequest) -> HttpResponse:
    """Switch the factor on with its first code."""
    factor, form = factors.unconfirmed_of(request.user), CodeForm(request.POST)
    if factor is None:
        return redirect("accounts:second-factor")
    if form.is_valid():
        try:
            codes = factors.confirm(factor, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error.messages)
        else:
            record(request, AccessEvent.Kind.SECOND_FACTOR_SET)
            _stay_signed_in(request)
            # The code just typed is the second step of this session.
            request.session[factors.BOTH_STEPS] = True
            return _show_codes(request, codes)
    return _page(request, code_form=form)


@never_cache
@sensitive_post_parameters("password")
def new_codes(request: SignedInRequest) -> HttpResponse:
    """Ten new recovery codes in place of the old ones."""
    form = RecentPasswordForm(request, request.POST)
    if factors.factor_of(request.user) is None:
        return redirect("accounts:second-factor")
    if not form.is_valid():
        return _page(request, codes_form=form)
    codes = factors.renew_recovery_codes(request.user)
    record(request, AccessEvent.Kind.SECOND_FACTOR_SET, reason="recovery codes")
    return _show_codes(request, codes)


@never_cache
@sensitive_post_parameters("password")
def remove(request: SignedInRequest) -> HttpResponse:
    form = RecentPasswordForm(request, request.POST)
    if factors.factor_of(request.user) is None:
        return redirect("accounts:second-factor")
    if not form.is_valid():
        return _page(request, remove_form=form)
    factors.remove(request.user, actor=request.user)
    record(request, AccessEvent.Kind.SECOND_FACTOR_REMOVED, subject=request.user.username)
    _stay_signed_in(request)
    messages.success(request, _("The second factor is removed. Your other sessions have ended."))
    return redirect("accounts:second-factor")


@sensitive_post_parameters("password")
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away somebody else's lost factor; the password stays and does not replace it."""
    person = get_object_or_404(User, pk=pk)
    form = ResetForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            factors.reset(person, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            kind = AccessEvent.Kind.SECOND_FACTOR_REMOVED
            record(request, kind, subject=person.username, reason=form.cleaned_data["reason"])
            messages.success(request, _("The second factor is reset. The person sets up a new one."))
            return redirect("accounts:user", pk=pk)
    status = UNPROCESSABLE if form.errors else 200
    context = {"person": person, "form": form, "factor": factors.factor_of(person)}
    return render(request, "accounts/second_factor_reset.html", context, status=status)


# --- The page ------------------------------------------------------------------------------------
def _page(request: SignedInRequest, **shown: forms.Form) -> HttpResponse:
    factor = factors.factor_of(request.user)
    pending = factors.unconfirmed_of(request.user) if password_is_recent(request) else None
    context = {
        "off": settings.SECOND_FACTOR == factors.OFF,
        "must": factors.must_have_one(request.user),
        "factor": factor,
        "codes_left": factors.codes_left(factor) if factor else 0,
        "setup": _setup(request, pending) if pending else None,
        "begin_form": RecentPasswordForm(request),
        "code_form": CodeForm(),
        "codes_form": RecentPasswordForm(request),
        "remove_form": RecentPasswordForm(request),
        **shown,
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if shown else 200)


def _setup(request: HttpRequest, factor: SecondFactor) -> dict[str, Any]:
    """The key as a drawing for the camera and as letters to type."""
    key = factors.key_of(factor)
    system = House(request).site_name
    address = one_time_codes.address_for_app(key, factor.user.username, system)
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return {"drawing": qr_code(address), "key": groups}


def qr_code(text: str) -> SafeString:
    """A QR code as an SVG without style or script, drawn on the server."""
    drawn = io.BytesIO()
    segno.make(text, micro=False, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=4,
        border=4,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - paths of squares, nothing typed


def _show_codes(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    """The one page that ever shows them; a reload does not."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def _stay_signed_in(request: SignedInRequest) -> None:
    """All sessions of the person ended; this one goes on under a new id."""
    request.user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, request.user)
