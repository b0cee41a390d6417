from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.scope import inside


class Reporter(Protocol):
    """Who passes on the progress of a job that runs."""

    def told(self) -> None: ...


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep the jobs inside the areas granted to `user`, and their own that hang on no area.

        Who looks after the machine sees all: a job's row holds keys and counts, nobody's data.
        """
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        if user.has_perm("accounts.manage_system"):
            return self.all()
        granted = Q(user_id=user.pk, area_prefix="")
        for prefix in user.area_prefixes():
            granted |= inside("area_prefix", prefix)
        return self.filter(granted)

    def open(self) -> Self:
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def lost(self) -> Self:
        """Jobs that should have been taken up, or finished, or have given a sign of life, by now."""
        return self.open().filter(lease_until__lt=timezone.now())


class Job(models.Model):
    """Work in the background that a person waits for. The queue carries only the key of this row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    arguments = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    user_id = models.BigIntegerField(null=True, db_index=True)
    area_prefix = models.CharField(max_length=15, blank=True, default="", db_collation="C")
    request_id = models.CharField(max_length=64, blank=True, default="")
    # Role and network address of who asked; what the work writes is audited with them.
    role = models.CharField(max_length=60, blank=True, default="", db_default="")
    address = models.GenericIPAddressField(null=True)

    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")
    error = models.TextField(blank=True, default="")

    attempts = models.IntegerField(default=0)
    # Until this moment the worker with the fencing number `attempts` owns a running job; a waiting
    # one is sent again after it.
    lease_until = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()
    reporter: Reporter | None = None

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="core_job_newest"),
            models.Index(
                fields=["lease_until"],
                name="core_job_open",
                condition=Q(state__in=["waiting", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "stopped"]),
                name="core_job_state_known",
                violation_error_message=_("This state of a job does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(done__gte=0),
                name="core_job_done_not_negative",
                violation_error_message=_("Progress cannot be below zero."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """Progress in whole percent; None while the total is unknown."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def seconds(self) -> float | None:
        """How long the job ran or has been running; None before it starts."""
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell the person who waits how far the work is.

        While a worker runs the job, a reporter with a connection of its own writes it: what is
        written inside a long transaction nobody would see before its end.
        """
        self.done, self.note = done, note[:200]
        self.total = self.total if total is None else total
        if self.reporter is None:
            Job.objects.filter(pk=self.pk).update(done=self.done, total=self.total, note=self.note)
        else:
            self.reporter.told()
