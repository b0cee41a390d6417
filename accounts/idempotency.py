"""Create requests once: the same key with the same content gets the first answer again."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiAnswer
from core.api.errors import ApiError

KEY = r"^[A-Za-z0-9_-]{8,64}$"
KEPT = timedelta(days=7)


def once(request: Request, route: str, create: Callable[[], Response]) -> Response:
    """Do `create` unless its key was used before; both are one transaction."""
    user: Any = request.user
    key = _key(request)
    digest = _digest(request, route)
    with transaction.atomic():
        rows = [ApiAnswer(user=user, key=key, route=route, digest=digest)]
        # Another request with the key that still runs is waited for here.
        ApiAnswer.objects.bulk_create(rows, ignore_conflicts=True)
        kept = ApiAnswer.objects.select_for_update().get(user=user, key=key)
        if kept.digest != digest:
            words = _("This Idempotency-Key was used with another content. Take a new one.")
            raise ApiError(422, "key_used", words)
        if kept.status is not None:
            return Response(kept.body, status=kept.status)
        response = create()
        body = json.loads(json.dumps(response.data, default=str))
        ApiAnswer.objects.filter(pk=kept.pk).update(status=response.status_code, body=body)
    return response


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise ApiError(
            428, "key_required", _("Send an Idempotency-Key of your own, so that nothing is made twice.")
        )
    if not re.fullmatch(KEY, key):
        words = _("8 to 64 letters, digits, - or _.")
        raise ApiError(422, "invalid", words, fields={"Idempotency-Key": [words]})
    return key


def _digest(request: Request, route: str) -> str:
    """A hash of what was sent, files with their content."""
    found = hashlib.sha256(route.encode())
    for name in sorted(request.data):
        values = request.data.getlist(name) if hasattr(request.data, "getlist") else [request.data[name]]
        for value in values:
            found.update(f"|{name}|".encode())
            if hasattr(value, "chunks"):
                found.update(str(value.name).encode())
                for piece in value.chunks():
                    found.update(piece)
                value.seek(0)
            else:
                found.update(json.dumps(value, sort_keys=True, default=str).encode())
    return found.hexdigest()


def forget_answers() -> int:
    """Remove answers that nobody repeats any more; for the timetable."""
    deleted: tuple[int, Any] = ApiAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return deleted[0]
