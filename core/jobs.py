"""Work in the background: the row first, then its key into the queue, then a worker with a lease.

A worker that dies loses its lease and the sweeper sends the job again, so a job may run twice; what
a kind does must be safe for that. `attempts` is the fencing number: only the last worker that took
the job may write its progress and its end.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars, get_contextvars

from core.acting import Acting, acting, acting_as
from core.changes import change
from core.models import Job

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
_REPORT_SECONDS = 1.0
_RENEW_SECONDS = LEASE.total_seconds() / 3
_OPEN = Q(state__in=[Job.State.WAITING, Job.State.RUNNING])


class JobStopped(Exception):
    """The person asked to stop the job, or another worker has taken it over."""


@dataclass(frozen=True)
class JobKind:
    """What a kind of job does, its name for people, and the page where its outcome is seen."""

    name: str
    run: Callable[[Job], None]
    title: Any
    page: Callable[[Job], str] | None = None
    # What the person who asked must still be allowed to do when a worker takes the job.
    right: str = ""


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str, *, right: str = "", title: Any = "", page: Callable[[Job], str] | None = None
) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Register the function that does the jobs of kind `name`; for the `tasks` module of an app."""

    def register(run: Callable[[Job], None]) -> Callable[[Job], None]:
        _kinds[name] = JobKind(name, run, title or name, page, right)
        return run

    return register


def kind_of(job: Job) -> JobKind | None:
    return _kinds.get(job.kind)


def all_kinds() -> list[JobKind]:
    """Every registered kind, in the order of their names."""
    return [_kinds[name] for name in sorted(_kinds)]


def enqueue(kind: str, *, user: Any, arguments: dict[str, Any], area_prefix: str = "") -> Job:
    """Write the job down; the queue hears of it when the transaction is committed.

    `arguments` are keys and plain settings, never personal data.
    """
    if kind not in _kinds:
        raise LookupError(f"No function is registered for jobs of kind {kind!r}.")
    who = acting(getattr(user, "pk", None))
    job = Job.objects.create(
        kind=kind,
        arguments=arguments,
        user_id=getattr(user, "pk", None),
        area_prefix=area_prefix,
        request_id=str(get_contextvars().get("request_id", "")),
        role=who.role,
        address=who.address,
        lease_until=timezone.now() + LEASE,
    )
    send(job.pk)
    return job


def send(job_id: int) -> None:
    """Put the job's key into the queue on commit. A dead broker is no error: the sweeper repeats."""

    def now() -> None:
        try:
            current_app.tasks["core.tasks.run_job"].apply_async(args=(job_id,), retry=False)
        except current_app.connection_for_write().connection_errors as error:
            log.warning("queue_unreachable", job=job_id, error=type(error).__name__)

    transaction.on_commit(now)


def run_job(job_id: int) -> None:
    """Take the job, do it, write down how it ended. Does nothing when another worker has it."""
    job = take(job_id)
    if job is None:
        return
    kind = kind_of(job)
    who = Acting(job.user_id, job.role, job.address, job.area_prefix)
    log_context = bound_contextvars(request_id=job.request_id, job=job.pk, kind=job.kind)
    with log_context, acting_as(lambda: who):
        if kind is None or job.attempts > MOST_ATTEMPTS:
            finish(job, Job.State.FAILED, error=_given_up(kind))
        elif refusal := why_not(job, kind):
            finish(job, Job.State.STOPPED, error=refusal)
        else:
            _do(job, kind)


def take(job_id: int) -> Job | None:
    """Own the job for one lease; None when it is over or another worker's lease still runs."""
    now = timezone.now()
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        started_at=Coalesce("started_at", now),
    )
    return Job.objects.get(pk=job_id) if taken else None


def why_not(job: Job, kind: JobKind) -> str:
    """Why the job must not run by now, in words; empty while its person still may."""
    if job.user_id is None:
        return ""
    user: Any = get_user_model().objects.filter(pk=job.user_id).first()
    if user is None or not user.is_active:
        return _("Not done: the account of the person who asked for this is closed.")
    if kind.right and not user.may(kind.right):
        return _("Not done: the person who asked for this no longer has the right.")
    if job.area_prefix and not any(job.area_prefix.startswith(held) for held in user.area_prefixes()):
        return _("Not done: the area is no longer granted to the person who asked for this.")
    return ""


def finish(job: Job, state: str, *, error: str = "") -> bool:
    """End the job as `state`; False when another worker owns it by now."""
    ended = _own(job).update(
        state=state,
        error=error,
        done=job.done,
        total=job.total,
        note=job.note,
        result=job.result,
        finished_at=timezone.now(),
        lease_until=None,
    )
    log.info("job_ended", state=state, mine=bool(ended))
    return bool(ended)


def stop(job: Job, *, user: Any = None) -> None:
    """Stop a job: at once while it waits, at its next word of progress while it runs."""
    with change("job.stopped", user=user, area=job.area_prefix, subject=str(job.pk)):
        waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
        if not waiting.update(state=Job.State.STOPPED, finished_at=timezone.now(), lease_until=None):
            Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(stop_asked=True)


def sweep() -> int:
    """Send again every job that was lost: by the queue, or with its worker. Return how many."""
    lost = list(Job.objects.lost().values_list("pk", flat=True))
    for job_id in lost:
        # A running job keeps its old lease, so that whoever hears of it may take it.
        Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(lease_until=timezone.now() + LEASE)
        send(job_id)
    return len(lost)


def _own(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)


def _given_up(kind: JobKind | None) -> str:
    if kind is None:
        return _("This kind of work no longer exists.")
    return _("The work was interrupted %(times)s times and is not tried again.") % {"times": MOST_ATTEMPTS}


def _do(job: Job, kind: JobKind) -> None:
    # Inside a transaction (a test, a command) another connection would not see the row.
    reporter = None if connection.in_atomic_block else LeaseKeeper(job)
    job.reporter = reporter
    try:
        if reporter:
            reporter.start()
        kind.run(job)
    except JobStopped:
        finish(job, Job.State.STOPPED)
    except ValidationError as error:
        finish(job, Job.State.FAILED, error=" ".join(error.messages))
    except (OperationalError, InterfaceError):
        # The database went away. The lease runs out and the sweeper sends the job again.
        log.exception("job_interrupted")
        if not connection.in_atomic_block:
            connection.close()
    except Exception:
        log.exception("job_failed")
        finish(job, Job.State.FAILED, error=_("Something went wrong that was not foreseen."))
    else:
        finish(job, Job.State.DONE)
    finally:
        if reporter:
            reporter.close()
            job.reporter = None


class LeaseKeeper(threading.Thread):
    """Renews the lease and passes on the progress of one job, on a connection of its own."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"lease-of-job-{job.pk}", daemon=True)
        self.job = job
        self.lost = False
        self._news = False
        self._over = threading.Event()
        self._idle = 0.0

    def told(self) -> None:
        """Called by the work itself: there is progress. Ends the work when it must not go on."""
        self._news = True
        if self.lost:
            raise JobStopped

    def run(self) -> None:
        try:
            while not self._over.wait(_REPORT_SECONDS) and not self.lost:
                self._idle += _REPORT_SECONDS
                if self._news or self._idle >= _RENEW_SECONDS:
                    self._report()
        finally:
            connection.close()

    def close(self) -> None:
        self._over.set()
        self.join()

    def _report(self) -> None:
        self._news, self._idle = False, 0.0
        job = self.job
        owned = _own(job).filter(stop_asked=False)
        values = {"done": job.done, "total": job.total, "note": job.note}
        try:
            self.lost = not owned.update(lease_until=timezone.now() + LEASE, **values)
        except Exception as error:  # noqa: BLE001 - the next report tries again, the lease allows it
            log.warning("lease_not_renewed", error=type(error).__name__)
            connection.close()
