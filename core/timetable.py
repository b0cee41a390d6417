"""What the timetable's tasks have in common: one run at a time, and a heartbeat row for each run."""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import Task, current_app
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from core.models import Heartbeat

# For the queue, and for a run that takes its time.
LENIENCE = timedelta(minutes=10)

log = structlog.get_logger(__name__)


class TimetableTask(Task):
    """A task that, when it stands in the timetable, keeps its heartbeat row.

    What the task returns is its result; a whole number is also shown as the rows it changed.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.name not in self.app.conf.beat_schedule:
            return super().__call__(*args, **kwargs)
        with _only_one(self.name) as alone:
            if not alone:
                log.info("timetable_still_running", task=self.name)
                return None
            return _with_heartbeat(self.name, lambda: super(TimetableTask, self).__call__(*args, **kwargs))


@contextmanager
def _only_one(name: str) -> Iterator[bool]:
    """Whether no other process runs `name`; the database frees the lock when this one dies."""
    key = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _with_heartbeat(name: str, run: Any) -> Any:
    begun = time.monotonic()
    Heartbeat.objects.update_or_create(name=name, defaults={"last_started": timezone.now()})
    row = Heartbeat.objects.filter(name=name)
    try:
        result = run()
    except Exception as error:
        row.update(
            failures=F("failures") + 1,
            last_seconds=time.monotonic() - begun,
            last_result=f"failed: {type(error).__name__}",
        )
        raise
    row.update(
        failures=0,
        last_finished=timezone.now(),
        last_seconds=time.monotonic() - begun,
        last_result="" if result is None else str(result)[:200],
        changed=result if isinstance(result, int) else None,
    )
    return result


def late(now: datetime) -> list[str]:
    """Tasks that missed two of their times; one that never ran yet is not counted."""
    schedule = current_app.conf.beat_schedule
    return [
        beat.name
        for beat in Heartbeat.objects.filter(name__in=list(schedule)).order_by("name")
        if beat.last_finished
        and now - beat.last_finished > 2 * _period(schedule[beat.name]["schedule"]) + LENIENCE
    ]


def _period(schedule: Any) -> timedelta:
    """Between two runs: the seconds of an interval; what has hours runs once a day."""
    return timedelta(days=1) if hasattr(schedule, "hour") else timedelta(seconds=float(schedule))


def title_of(name: str) -> str:
    """What people call the task, in their language."""
    titles: dict[str, str] = current_app.conf.get("timetable_titles", {})
    return gettext(titles[name]) if name in titles else name
