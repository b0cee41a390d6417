"""Tokens of the own account: made with the password, shown once, ended with a click."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import tokens
from accounts.events import record
from accounts.models import AccessEvent, ApiToken
from accounts.recent import confirm_password
from accounts.requests import SignedInRequest
from accounts.token_forms import TokenForm
from core.htmx import UNPROCESSABLE


@sensitive_post_parameters("password")
def token_new(request: SignedInRequest) -> HttpResponse:
    """The form; after it the one page that ever shows the token. A reload does not."""
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _made(request, form)
        if made is not None:
            token, plain = made
            return render(request, "accounts/token_made.html", {"token": token, "plain": plain})
    return render(
        request, "accounts/token_new.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200
    )


def _made(request: SignedInRequest, form: TokenForm) -> tuple[ApiToken, str] | None:
    values = dict(form.cleaned_data)
    try:
        confirm_password(request, request.user, values.pop("password"))
    except ValidationError as error:
        form.add_error("password", error)
        return None
    try:
        token, plain = tokens.make_token(request.user, **values)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    record(request, AccessEvent.Kind.TOKEN_MADE, subject=token.prefix, reason=token.name)
    return token, plain


def token_end(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    if tokens.end_token(token, actor=request.user):
        record(request, AccessEvent.Kind.TOKEN_ENDED, subject=token.prefix, reason=token.name)
        messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("accounts:account")
