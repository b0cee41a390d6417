"""Show one masked value for 30 seconds, or say whether a typed number is the same."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts.requests import SignedInRequest
from accounts.reveals import (
    OverLimit,
    claim_comparison,
    claim_reveal,
    comparisons_left,
    reveals_left,
)
from core import secrets
from core.htmx import UNPROCESSABLE, wants_fragment
from desk.queries.secrets import Masked, masked_of
from desk.secret_forms import CompareForm, RevealForm
from desk.views.household import visible_or_404

TOO_MANY = 429
SHOWN_SECONDS = 30


@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("plain")
def reveal(request: SignedInRequest, number: str, secret: int) -> HttpResponse:
    """The form that asks why; a POST shows the value once."""
    masked = _masked_or_404(request, number, secret)
    form = RevealForm(request, request.POST if request.method == "POST" else None)
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_valid():
        try:
            claim_reveal(request, subject=masked.subject, reason=form.reason)
        except OverLimit as error:
            form.add_error(None, error.messages)
            status = TOO_MANY
        else:
            plain = secrets.reveal(masked.secret)
            context = _context(request, masked, plain=plain, seconds=SHOWN_SECONDS)
            return _answer(request, "desk/_revealed.html", context, leave_after=SHOWN_SECONDS)
    context = _context(request, masked, form=form, left=reveals_left(request.user), action="reveal")
    return _answer(request, "desk/_reveal.html", context, status)


@never_cache
@sensitive_post_parameters("typed")
def compare(request: SignedInRequest, number: str, secret: int) -> HttpResponse:
    """Type a number from the paper; the answer is same or different and nothing else."""
    masked = _masked_or_404(request, number, secret)
    form = CompareForm(masked.kind, request.POST if request.method == "POST" else None)
    status, same = UNPROCESSABLE if form.is_bound else 200, None
    if form.is_valid():
        same = secrets.holds(masked.secret, form.cleaned_data["typed"])
        try:
            claim_comparison(request, subject=masked.subject, same=same)
        except OverLimit as error:
            form.add_error(None, error.messages)
            status, same = TOO_MANY, None
        else:
            # What was typed does not come back: it may be the number itself.
            form, status = CompareForm(masked.kind), 200
    left = comparisons_left(request.user)
    context = _context(request, masked, form=form, left=left, same=same, action="compare")
    return _answer(request, "desk/_compare.html", context, status)


def _masked_or_404(request: HttpRequest, number: str, secret: int) -> Masked:
    household = visible_or_404(request, number)
    masked = masked_of(request.user, household, secret)
    if masked is None:
        raise Http404
    return masked


def _context(request: HttpRequest, masked: Masked, **more: object) -> dict[str, object]:
    names = {"number": masked.household.number}
    return {
        "masked": masked,
        "household": masked.household,
        "household_address": reverse("desk:household-detail", kwargs=names),
        "in_dialog": wants_fragment(request),
        **more,
    }


def _answer(
    request: HttpRequest, part: str, context: dict[str, object], status: int = 200, *, leave_after: int = 0
) -> HttpResponse:
    """The part as a dialog or cell for htmx; else inside a page of its own."""
    fragment = wants_fragment(request)
    template = part if fragment else "desk/secret.html"
    response = render(request, template, {**context, "part": part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and request.method == "POST" and not leave_after:
        # The dialog takes its own place; only a value goes into the cell.
        response["HX-Retarget"], response["HX-Reswap"] = "#secret-dialog", "outerHTML"
    if leave_after and not fragment:
        # Without scripts too the value leaves the screen.
        response["Refresh"] = f"{leave_after}; url={context['household_address']}"
    return response
