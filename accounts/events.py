"""Write down who came in, went out, was refused, or took something along."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from structlog.contextvars import get_contextvars

from accounts.models import AccessEvent, User
from accounts.models.users import normal_username
from core.acting import Acting

_LENGTHS = (15, 12, 9, 6, 4, 2)


def name_hash(typed: str) -> bytes:
    """A keyed hash of what was typed as a user name, for counting without keeping it."""
    return hmac.digest(
        settings.SECRET_KEY.encode(), f"name|{normal_username(typed)}".encode(), hashlib.sha256
    )


def client_address(request: HttpRequest) -> str | None:
    """The address of the browser; behind the configured proxy, the one that proxy saw."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR") or None


def own_area(user: User) -> str:
    """The prefix of the smallest area that holds all those granted to `user`."""
    prefixes = user.area_prefixes()
    first = min(prefixes, key=len, default="")
    inside = (first[:length] for length in _LENGTHS if length <= len(first))
    return next((prefix for prefix in inside if all(other.startswith(prefix) for other in prefixes)), "")


def reader_of(request: HttpRequest) -> Callable[[], Acting]:
    """For `core.acting`: whoever asks, read when the first audit row is written."""
    read: dict[int | None, Acting] = {}

    def reader() -> Acting:
        # A token names its user only later in the request, so this is asked anew.
        user = request.user if request.user.is_authenticated else None
        key = user.pk if user else None
        if key not in read:
            read[key] = _acting(request, user)
        return read[key]

    return reader


def _acting(request: HttpRequest, user: Any) -> Acting:
    role = user.roles[0] if user and user.roles else ""
    area = own_area(user) if user else ""
    return Acting(user.pk if user else None, role, client_address(request), area, subject_of(request))


def subject_of(request: HttpRequest) -> str:
    """What the address names: keys and numbers."""
    match = request.resolver_match
    return " ".join(str(value) for value in match.kwargs.values())[:100] if match else ""


def record(request: HttpRequest, kind: AccessEvent.Kind, **fields: Any) -> AccessEvent:
    """Save one event of `request`; `fields` may name user, subject, area, reason, rows, name_hash."""
    user = fields.pop("user", None) or (request.user if request.user.is_authenticated else None)
    match = request.resolver_match
    return AccessEvent.objects.create(
        kind=kind,
        user=user,
        role=user.roles[0] if user and user.roles else "",
        address=client_address(request),
        method=request.method or "",
        route=(match.view_name if match else "")[:100],
        request_id=str(get_contextvars().get("request_id", ""))[:64],
        area=fields.pop("area", "") or (own_area(user) if user else ""),
        **fields,
    )
