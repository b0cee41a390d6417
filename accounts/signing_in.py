"""Coming in and going out: the tries, the session, the record."""

from enum import StrEnum

from django.contrib.auth import authenticate, login, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts import attempts
from accounts.events import name_hash, record
from accounts.models import AccessEvent, User
from accounts.models.users import normal_username


class Answer(StrEnum):
    """What became of a try to sign in. An unknown name is answered like a wrong password."""

    IN = "in"
    REFUSED = "refused"
    LOCKED = "locked"


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
    login(request, user)
    User.objects.filter(pk=user.pk).update(last_seen_at=now)
    record(request, AccessEvent.Kind.SIGNED_IN, user=user)
    return Answer.IN


def sign_out(request: HttpRequest) -> None:
    """End the session on the server."""
    record(request, AccessEvent.Kind.SIGNED_OUT)
    logout(request)


def forget_what_is_over() -> int:
    """Remove ended sessions and tries that no longer count; return how many rows went."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    return ended + attempts.forget_old_tries()
