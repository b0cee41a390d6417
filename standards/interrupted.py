"""Runs whose process was killed: they are marked failed, so that nobody waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from standards.models import Assessment

_RUNS = 0x4A56
# Between the row and the lock of a run that begins.
_GRACE = timedelta(minutes=1)


@contextmanager
def alive(run: int) -> Iterator[None]:
    """Hold a lock of the session while the run works; the database frees it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_RUNS, run % 2**31])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RUNS, run % 2**31])


def fail_interrupted() -> int:
    """Mark the runs failed that nobody works on any more; return how many. Each wrote all or nothing."""
    begun = Assessment.objects.filter(state=Assessment.State.RUNNING, started_at__lt=timezone.now() - _GRACE)
    return sum(_fail(run) for run in begun.order_by("pk").values_list("pk", flat=True))


def _fail(run: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_RUNS, run % 2**31])
        (free,) = cursor.fetchone()
    if not free:
        return 0
    try:
        return Assessment.objects.filter(pk=run, state=Assessment.State.RUNNING).update(
            state=Assessment.State.FAILED,
            error=_("The run was interrupted. Nothing is half written; it is safe to start it again."),
            finished_at=timezone.now(),
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RUNS, run % 2**31])
