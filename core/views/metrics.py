import hmac

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from core.metrics import exposition

LOOPBACK = {"127.0.0.1", "::1"}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for a monitoring system: with its token, from this machine, or for who looks after it."""
    if not (_has_token(request) or _is_this_machine(request) or _looks_after_it(request)):
        raise PermissionDenied
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, expected)


def _is_this_machine(request: HttpRequest) -> bool:
    """Nobody behind a proxy counts: its own address is that of this machine."""
    forwarded = (
        settings.BEHIND_PROXY or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    )
    return not forwarded and request.META.get("REMOTE_ADDR") in LOOPBACK


def _looks_after_it(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.may("manage_system"))
