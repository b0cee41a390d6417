"""The door of every page: the access policy, the end of idle sessions, the forced new password."""

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import api_door, passwords, second_factor
from accounts.events import reader_of, record, subject_of
from accounts.models import AccessEvent, User
from accounts.policy import NAMES_AN_OBJECT, POLICY, SIGNED_IN, Entry
from accounts.roles import PRIVILEGED
from core.acting import acting_as
from core.api.errors import answer
from core.api.middleware import is_api
from core.views.errors import bad_request, wrong_method

logger = logging.getLogger(__name__)

BEGAN, SEEN = "began_at", "seen_at"
WRITE_SEEN_EVERY = 60
# Answers that say that an entry was not taken.
REFUSED_ENTRIES = {
    409: AccessEvent.Kind.STALE,
    412: AccessEvent.Kind.STALE,
    422: AccessEvent.Kind.INVALID,
    428: AccessEvent.Kind.INVALID,
}
# What somebody with an old password may still do.
OPEN_BEFORE_NEW_PASSWORD = {"accounts:password", "accounts:sign-out"}
# What somebody may do whose role demands a second factor that is not set up.
OPEN_BEFORE_SECOND_FACTOR = {
    *OPEN_BEFORE_NEW_PASSWORD,
    "accounts:second-factor",
    "accounts:second-factor-confirm",
}


class AccessPolicyMiddleware:
    """Ask `accounts.policy` before each view; nothing is looked up for somebody without the right."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_as(reader_of(request)):
            response = self.get_response(request)
        if response.status_code == 404:
            _note_missing_object(request)
        elif response.status_code in REFUSED_ENTRIES and request.method not in {"GET", "HEAD"}:
            _note_refused_entry(request, response.status_code)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        entry = POLICY.get(name)
        if entry is None:
            logger.error("route without an entry in the access policy", extra={"route": name})
            raise PermissionDenied
        refused = api_door.come_in_by_token(request)
        if refused is not None:
            return refused
        if not api_door.has_token(request):
            end_late_session(request, entry)
        right = entry.right_for(request.method or "")
        if right is None:
            if not entry.is_public and not request.user.is_authenticated:
                return ask_to_sign_in(request)
            methods = _methods(entry)
            return HttpResponseNotAllowed(methods) if is_api(request) else wrong_method(methods)
        if entry.is_public:
            return None
        return api_door.too_many(request) or _admit(request, name, right)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """No text of the database holds a NUL: whoever sends one is told, wherever it got to."""
        if isinstance(exception, ValueError) and "NUL (0x00)" in str(exception) and not is_api(request):
            return bad_request(request)
        return None


def _admit(request: HttpRequest, name: str, right: str) -> HttpResponse | None:
    user = request.user
    if not isinstance(user, User):
        return ask_to_sign_in(request)
    if name not in OPEN_BEFORE_NEW_PASSWORD and _must_choose_a_password(request, user):
        if is_api(request):
            return api_door.new_password_first()
        return _redirect(request, reverse("accounts:password"))
    if name not in OPEN_BEFORE_SECOND_FACTOR and second_factor.is_missing(user):
        if is_api(request):
            return api_door.second_factor_first()
        return _redirect(request, reverse("accounts:second-factor"))
    by_session = not api_door.has_token(request)
    if name not in OPEN_BEFORE_SECOND_FACTOR and by_session and second_factor.is_half(request, user):
        # Opened while nobody asked for the second step.
        record(request, AccessEvent.Kind.SESSION_ENDED, reason="second step")
        logout(request)
        return ask_to_sign_in(request)
    if right == SIGNED_IN or user.may(right):
        return None
    if request.path == "/" and user.role:
        # The address alone was typed: everybody has a first page.
        return HttpResponseRedirect(reverse(user.role.home))
    record(request, AccessEvent.Kind.REFUSED, reason=right)
    if is_api(request):
        return answer(403)
    raise PermissionDenied


def _must_choose_a_password(request: HttpRequest, user: User) -> bool:
    """A token outlives an old password, but not one that somebody else has set."""
    return user.must_change_password or (not api_door.has_token(request) and passwords.is_too_old(user))


def _methods(entry: Entry) -> list[str]:
    return [*entry.rights, *(["HEAD"] if "GET" in entry.rights else [])]


def _note_missing_object(request: HttpRequest) -> None:
    """Foreign and missing objects look alike in the record too."""
    match = request.resolver_match
    if match is None or not request.user.is_authenticated:
        return
    entry = POLICY.get(match.view_name)
    if entry is not None and entry.scope in NAMES_AN_OBJECT:
        record(request, AccessEvent.Kind.NOT_FOUND, subject=subject_of(request))


def _note_refused_entry(request: HttpRequest, status: int) -> None:
    """What somebody signed in tried to write, and what was not written, is an operation too."""
    if request.resolver_match is None or not request.user.is_authenticated:
        return
    record(request, REFUSED_ENTRIES[status], subject=subject_of(request), reason=str(status))


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a browser to the sign-in page and back; tell a program 401."""
    if is_api(request):
        return api_door.not_signed_in()
    # After a form the way back leads to the page it stood on, not to an address that only takes forms.
    # After a fragment it leads to the page around it.
    around = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = urlunsplit(("", "", around.path, around.query, ""))
    back = here or (request.get_full_path() if request.method in {"GET", "HEAD"} else "/")
    return _redirect(request, f"{reverse('accounts:sign-in')}?{urlencode({'next': back})}")


def _redirect(request: HttpRequest, target: str) -> HttpResponse:
    """A fragment cannot hold another page: htmx is told to load the whole one."""
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


# --- The end of a session -----------------------------------------------------------------------
def begin_session(request: HttpRequest, **signal: Any) -> None:
    """Start both clocks of a new session; called by Django whenever somebody comes in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def end_late_session(request: HttpRequest, entry: Entry) -> None:
    """End a session that was idle too long or is too old; else note that its person is at work."""
    user = request.user
    if not isinstance(user, User):
        return
    now = int(time.time())
    began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
    privileged = not PRIVILEGED.isdisjoint(user.roles)
    idle = settings.SESSION_IDLE_PRIVILEGED if privileged else settings.SESSION_IDLE
    if now - seen > idle or now - began > settings.SESSION_COOKIE_AGE:
        record(request, AccessEvent.Kind.SESSION_ENDED, reason="idle" if now - seen > idle else "age")
        logout(request)
        return
    polled = entry.polled and "HX-Request" in request.headers
    if now - seen >= WRITE_SEEN_EVERY and not polled:
        request.session[SEEN] = now
        User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now())
