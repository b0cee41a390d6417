"""The one way to say who changes facts and why; the triggers in the database read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from structlog.contextvars import get_contextvars

from core.models import Change


@contextmanager
def change(
    kind: str,
    *,
    user: Any = None,
    role: str = "",
    reason: str = "",
    evidence: str = "",
    request_id: str = "",
    source_import: int | None = None,
    county: int | None = None,
) -> Iterator[Change]:
    """Open a transaction in which every row written points to one new `Change`.

    Changes nest: the inner one is named while its block runs, then the outer one again. When the
    block fails, the rollback of its transaction or savepoint brings the outer one back.
    """
    with transaction.atomic():
        record = Change.objects.create(
            kind=kind,
            at=timezone.now(),
            user_id=getattr(user, "pk", None),
            user_name=user.get_username() if getattr(user, "pk", None) else "",
            role=role,
            reason=reason,
            evidence=evidence,
            request_id=request_id or str(get_contextvars().get("request_id", "")),
            source_import=source_import,
            county=county,
        )
        before = _set_current(str(record.pk))
        yield record
        _set_current(before)


def _set_current(value: str) -> str:
    """Point the triggers to the change `value` and return the one they pointed to before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(current_setting('core.change', true), '')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('core.change', %s, true)", [value])
    return before
