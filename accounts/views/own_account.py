from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import passwords, second_factor, services
from accounts.events import record
from accounts.forms import ChangePasswordForm, PreferencesForm
from accounts.models import AccessEvent
from accounts.queries import grants_of, recent_events_of, tokens_of
from accounts.recent import confirm_password, note_password
from accounts.requests import SignedInRequest
from accounts.views.signing_in import first_page, remember_language
from core.htmx import UNPROCESSABLE


def account(request: SignedInRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.set_preferences(request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("accounts:account")
        remember_language(response, request.user.language)
        return response
    context = {
        "form": form,
        "roles": request.user.roles_held(),
        "grants": grants_of(request.user),
        "events": recent_events_of(request.user),
        "second_factor": settings.SECOND_FACTOR != second_factor.OFF,
        "tokens": tokens_of(request.user),
    }
    return render(request, "accounts/account.html", context, status=UNPROCESSABLE if form.errors else 200)


@sensitive_post_parameters("current", "new", "again")
def password(request: SignedInRequest) -> HttpResponse:
    """Choose a new password; every other session of the person ends."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("The new password holds. Your other sessions have ended."))
        return redirect(first_page(request.user))
    context = {
        "form": form,
        "password_rules": password_validators_help_texts(),
        "must_change": request.user.must_change_password or passwords.is_too_old(request.user),
    }
    return render(request, "accounts/password.html", context, status=UNPROCESSABLE if form.errors else 200)


def _changed(request: SignedInRequest, form: ChangePasswordForm) -> bool:
    try:
        # Counted like a try to sign in: nobody guesses it from a session that was left open.
        confirm_password(request, request.user, form.cleaned_data["current"])
    except ValidationError as error:
        form.add_error("current", error.messages)
        return False
    try:
        services.change_password(request.user, form.cleaned_data["new"])
    except ValidationError as error:
        form.add_error("new", error.messages)
        return False
    update_session_auth_hash(request, request.user)
    note_password(request)
    record(request, AccessEvent.Kind.PASSWORD_CHANGED)
    return True
