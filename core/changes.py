"""The one way to say who changes facts and why; the triggers in the database read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from structlog.contextvars import get_contextvars

from core.acting import acting
from core.models import Change

# The change around the one that begins; one operation of a person is one outermost change.
_around: ContextVar[int | None] = ContextVar("change_around", default=None)


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
    area: str = "",
    subject: str = "",
) -> Iterator[Change]:
    """Open a transaction in which every row written points to one new `Change`.

    `subject` is the number or key of what is changed, never a name; `area` its prefix, without
    which the area of whoever acts is kept. Role and network address come from the request or job.
    Changes nest: the inner one is named while its block runs, then the outer one again. When the
    block fails, the rollback of its transaction or savepoint brings the outer one back.
    """
    user_id = getattr(user, "pk", None)
    who = acting(user_id)
    with transaction.atomic():
        record = Change.objects.create(
            kind=kind,
            at=timezone.now(),
            user_id=user_id,
            user_name=user.get_username() if user_id else "",
            role=role or who.role or next(iter(getattr(user, "roles", ())), ""),
            reason=reason,
            evidence=evidence,
            request_id=request_id or str(get_contextvars().get("request_id", "")),
            source_import=source_import,
            county=county,
            area=area or (str(county) if county else who.area),
            subject=(subject or who.subject)[:100],
            address=who.address,
            within=_around.get(),
        )
        token = _around.set(_around.get() or record.pk)
        try:
            before = _set_current(str(record.pk))
            yield record
            _set_current(before)
        finally:
            _around.reset(token)


def _set_current(value: str) -> str:
    """Point the triggers to the change `value` and return the one they pointed to before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH before AS MATERIALIZED (SELECT COALESCE(current_setting('core.change', true), '') AS value)"
            " SELECT value, set_config('core.change', %s, true) FROM before",
            [value],
        )
        return str(cursor.fetchone()[0])
