"""Coming in and going out: the tries, the second step, the session, the record."""

import time
from enum import StrEnum

from django.contrib.auth import authenticate, login, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import attempts, second_factor
from accounts.events import name_hash, record
from accounts.models import AccessEvent, User
from accounts.models.users import normal_username
from accounts.recent import note_password

# The session of somebody whose password was right and whose code is still to come.
HALF_WAY = "half_way"
HALF_WAY_SECONDS = 5 * 60


class Answer(StrEnum):
    """What became of a try to sign in. An unknown name is answered like a wrong password."""

    IN = "in"
    CODE_NEEDED = "code_needed"
    REFUSED = "refused"
    LOCKED = "locked"
    # The password was typed too long ago, or no longer holds: begin again.
    LATE = "late"


def sign_in(request: HttpRequest, username: str, password: str) -> Answer:
    """Open a session for the right password; the same work is done for a name that nobody has."""
    hashed, now = name_hash(username), timezone.now()
    if not attempts.claim_try(hashed, now):
        record(request, AccessEvent.Kind.SIGN_IN_LOCKED, name_hash=hashed)
        return Answer.LOCKED
    user = authenticate(request, username=normal_username(username), password=password)
    if not isinstance(user, User):
        record(request, AccessEvent.Kind.SIGN_IN_REFUSED, name_hash=hashed)
        return Answer.REFUSED
    attempts.give_back(hashed, now)
    # A session of before, also somebody else's, leaves nothing behind in the new one.
    request.session.flush()
    if second_factor.is_asked(user):
        proof = user.get_session_auth_hash()
        request.session[HALF_WAY] = {"user": user.pk, "at": int(time.time()), "proof": proof}
        return Answer.CODE_NEEDED
    _come_in(request, user)
    return Answer.IN


def half_way(request: HttpRequest) -> User | None:
    """Whose code is awaited in this session: the password was right within the last five minutes."""
    held = request.session.get(HALF_WAY)
    if not held or int(time.time()) - held["at"] > HALF_WAY_SECONDS:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    # A new password, role or grant in between ends this session like any other.
    if user is None or not constant_time_compare(held["proof"], user.get_session_auth_hash()):
        return None
    return user


def sign_in_with_code(request: HttpRequest, typed: str) -> Answer:
    """The second step; a wrong code counts towards the same lock as a wrong password."""
    user = half_way(request)
    if user is None:
        return Answer.LATE
    hashed, now = name_hash(user.username), timezone.now()
    if not attempts.claim_try(hashed, now):
        record(request, AccessEvent.Kind.SIGN_IN_LOCKED, name_hash=hashed)
        return Answer.LOCKED
    if not second_factor.accepts(user, typed):
        record(request, AccessEvent.Kind.SECOND_FACTOR_REFUSED, user=user, name_hash=hashed)
        return Answer.REFUSED
    attempts.give_back(hashed, now)
    request.session.flush()
    _come_in(request, user)
    request.session[second_factor.BOTH_STEPS] = True
    return Answer.IN


def _come_in(request: HttpRequest, user: User) -> None:
    """Open the session, under a new id, of somebody who has proved who they are."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    note_password(request)
    User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now())
    record(request, AccessEvent.Kind.SIGNED_IN, user=user)


def sign_out(request: HttpRequest) -> None:
    """End the session on the server."""
    record(request, AccessEvent.Kind.SIGNED_OUT)
    logout(request)


def forget_what_is_over() -> int:
    """Remove ended sessions and tries that no longer count; return how many rows went."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    return ended + attempts.forget_old_tries()
