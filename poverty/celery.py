"""The Celery application and the timetable of the house."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, setup_logging, worker_init
from django.utils.translation import gettext_noop
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poverty.settings")

MINUTE = 60.0

# Task -> when. Hours are those of Shanghai. What a run answers (a number) is shown as rows changed.
TIMETABLE: dict[str, float | crontab] = {
    "core.tasks.beat_heart": MINUTE,
    "core.tasks.sweep_jobs": MINUTE / 2,
    "core.tasks.seal_audit": MINUTE,
    "standards.tasks.judge_dirty_villages": MINUTE / 2,
    "standards.tasks.fail_interrupted": MINUTE,
    "standards.tasks.evaluate_all_counties": crontab(hour="2", minute="0"),
    "dashboards.tasks.send_digests": crontab(hour="7", minute="0"),
    "accounts.tasks.verify_audit": crontab(hour="4", minute="0"),
    "core.tasks.prune_files": crontab(hour="5", minute="0"),
    "core.tasks.prune_notices": crontab(hour="5", minute="15"),
    "accounts.tasks.forget_what_is_over": crontab(hour="5", minute="30"),
    "accounts.tasks.close_dormant_accounts": crontab(hour="4", minute="30"),
    "exchange.tasks.forget_ended": crontab(hour="5", minute="45"),
}

# What people call each of them; translated when shown.
TITLES = {
    "core.tasks.beat_heart": gettext_noop("Proof that a worker takes up work"),
    "core.tasks.sweep_jobs": gettext_noop("Lost jobs sent again"),
    "core.tasks.seal_audit": gettext_noop("Audit rows sealed"),
    "accounts.tasks.verify_audit": gettext_noop("Seals of the audit verified"),
    "standards.tasks.judge_dirty_villages": gettext_noop("Villages judged whose facts changed"),
    "standards.tasks.fail_interrupted": gettext_noop("Interrupted runs of judging marked failed"),
    "standards.tasks.evaluate_all_counties": gettext_noop("Every county judged again"),
    "dashboards.tasks.send_digests": gettext_noop("Digest of what waits sent to everybody"),
    "core.tasks.prune_files": gettext_noop("Files erased whose time of keeping is over"),
    "core.tasks.prune_notices": gettext_noop("Notices erased whose time of keeping is over"),
    "accounts.tasks.forget_what_is_over": gettext_noop("Ended sessions and old sign-in tries removed"),
    "accounts.tasks.close_dormant_accounts": gettext_noop("Accounts closed that nobody uses"),
    "exchange.tasks.forget_ended": gettext_noop("Staged rows of imports erased that ended long ago"),
}


def _entry(task: str, when: float | crontab) -> dict[str, Any]:
    # A run nobody took up before the next one is due is not worth doing twice.
    return {"task": task, "schedule": when, "options": {"expires": when if isinstance(when, float) else 3600}}


app = Celery("poverty", task_cls="core.timetable:TimetableTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {task: _entry(task, when) for task, when in TIMETABLE.items()}
app.conf.timetable_titles = TITLES
app.autodiscover_tasks()
# The id of the request that sent a task stands in the task's log lines.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def _log_as_configured(**_: Any) -> None:
    """Keep the project's structured log: Celery sets up none of its own."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@app.on_after_configure.connect
def _make_queue_folders(**_: Any) -> None:
    from django.conf import settings

    if not settings.REDIS_URL:
        for name in ("messages", "control"):
            Path(settings.QUEUE_DIR, name).mkdir(mode=0o700, parents=True, exist_ok=True)


@beat_init.connect
def _beat_at_once(**_: Any) -> None:
    """A fresh start shows its heartbeat without waiting for the first full minute."""
    app.send_task("core.tasks.beat_heart", expires=MINUTE)


@worker_init.connect
@beat_init.connect
def _refuse_to_start(**_: Any) -> None:
    """Celery swallows what a signal raises, but not the end of the process."""
    from core.checks import refuse_unsafe_start
    from core.secrets import SecretError, refuse_wrong_keys

    refuse_unsafe_start()
    try:
        refuse_wrong_keys()
    except SecretError as error:
        raise SystemExit(str(error)) from error
