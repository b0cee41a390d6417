"""Write down who came in, went out, or was refused."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from structlog.contextvars import get_contextvars

from accounts.models import AccessEvent
from accounts.models.users import normal_username


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


def record(request: HttpRequest, kind: AccessEvent.Kind, **fields: Any) -> AccessEvent:
    """Save one event of `request`; `fields` may name user, subject, reason, name_hash."""
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
        **fields,
    )
