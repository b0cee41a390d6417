"""What /readyz asks: is everything there that an answer needs, and do worker and timetable keep up?"""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from core import timetable
from core.models import Heartbeat

WORKER_TASK = "core.tasks.beat_heart"
# Two missed beats of a minute each, and a little for the queue.
LONGEST_SILENCE = timedelta(seconds=150)


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def migrations_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def worker_consumes() -> bool:
    return Heartbeat.objects.filter(
        name=WORKER_TASK, last_finished__gte=timezone.now() - LONGEST_SILENCE
    ).exists()


def timetable_keeps_up() -> bool:
    return not timetable.late(timezone.now())


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_applied,
    "worker": worker_consumes,
    "timetable": timetable_keeps_up,
}


def state() -> dict[str, bool]:
    """Each check and whether it holds; a check that fails with an error does not hold."""
    return {name: _holds(check) for name, check in CHECKS.items()}


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        if not connection.in_atomic_block:
            connection.close()
        return False
