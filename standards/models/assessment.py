from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.scope import AreaScopedQuerySet
from standards.models.version import StandardVersion, Subject
from villages.models import Village


class Assessment(models.Model):
    """One run of judging an area for a year by one version. A closed one is never judged again."""

    AREA_CODE = "area__code"

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    subject = models.CharField(max_length=10, choices=Subject)
    area = models.ForeignKey(Area, models.PROTECT, related_name="assessments")
    year = models.SmallIntegerField()
    as_of = models.DateField()
    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="assessments")
    trial = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    judged = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    requested_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["year", "subject", "-started_at"], name="standards_assessment_recent")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(state="done"),
                name="standards_assessment_closed_done",
                violation_error_message=_("Only an assessment that is done can be closed."),
            )
        ]
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.subject} {self.area} {self.year} #{self.pk}"

    @property
    def seconds(self) -> float | None:
        """How long the run took; None while it runs."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class DirtyVillage(models.Model):
    """A village whose facts or households changed since it was judged; judged within a minute."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village", "year"],
                name="standards_dirty_once",
                violation_error_message=_("The village is already waiting to be judged."),
            )
        ]

    def __str__(self):
        return f"{self.village_id} {self.year}"


class Doubt(models.Model):
    """A finding or suspect that lies over an indicator: 存疑. Outcomes stay as they are.

    Written by the services of inspections and comparison only (`decisions.md` 22).
    """

    subject = models.CharField(max_length=10, choices=Subject)
    subject_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    indicator = models.SlugField(max_length=30)
    source_kind = models.SlugField(max_length=40)
    source_id = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "year", "indicator", "source_kind", "source_id"],
                name="standards_doubt_once",
                violation_error_message=_("This doubt is already recorded."),
            )
        ]
        indexes = [
            models.Index(
                fields=["subject", "subject_id", "year"],
                name="standards_doubt_open",
                condition=Q(closed_at=None),
            )
        ]

    def __str__(self):
        return f"{self.subject} {self.subject_id} {self.indicator}"
