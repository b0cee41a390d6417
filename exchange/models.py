from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.models import Job, StoredFile
from core.scope import inside
from exchange.rosters.models import Roster as Roster


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Imports whose area lies inside the area grants of `user`; no grant, no rows."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        granted = Q(pk__in=[])
        for prefix in user.area_prefixes():
            granted |= inside("area_prefix", prefix)
        return self.filter(granted)


class Import(models.Model):
    """Workbooks handed in together, on their way into the register.

    uploaded → reading → compared → confirmed → applying → applied; each step is safe to repeat.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        READING = "reading", _("Being checked")
        COMPARED = "compared", _("Checked, not yet written")
        CONFIRMED = "confirmed", _("Confirmed")
        APPLYING = "applying", _("Being written")
        APPLIED = "applied", _("Written")
        FAILED = "failed", _("Failed")
        ABANDONED = "abandoned", _("Abandoned")

    county = models.ForeignKey(Area, models.PROTECT, related_name="+")
    area_prefix = models.CharField(max_length=15, db_collation="C")
    year = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    erase_on_empty = models.BooleanField(default=False)
    all_or_nothing = models.BooleanField(default=False)

    user_id = models.BigIntegerField(null=True, db_index=True)
    user_name = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True, default="")
    remark = models.TextField(blank=True, default="")
    # How often the comparison had to be shown again because the register had changed meanwhile.
    compared_again = models.IntegerField(default=0)
    seconds = models.FloatField(null=True)
    # Counted with each comparison, so that the page need not.
    fields_changed = models.IntegerField(default=0)
    missing_households = models.IntegerField(default=0)
    missing_members = models.IntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    compared_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["-created_at"], name="exchange_import_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="exchange_import_year",
                violation_error_message=_("The year must lie between 2000 and 2100."),
            )
        ]

    def __str__(self):
        return f"{self.pk}"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The area prefixes that this import may write to."""
        return (self.area_prefix,)

    @property
    def is_open(self) -> bool:
        return self.state not in (self.State.APPLIED, self.State.FAILED, self.State.ABANDONED)


class ImportFile(models.Model):
    """One workbook of an import; its content is stored encrypted."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    position = models.IntegerField(default=0)
    stored = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    marked = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    size = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=10, blank=True, default="")
    problem = models.CharField(max_length=40, blank=True, default="")
    problem_params = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class ImportSheet(models.Model):
    """One sheet of a workbook: what it was recognised as, and what its rows came to."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="sheets")
    index = models.IntegerField()
    name = models.CharField(max_length=100, blank=True, default="")
    visible = models.BooleanField(default=True)
    format = models.CharField(max_length=20, blank=True, default="")
    title_row = models.IntegerField(null=True)
    headings = models.JSONField(default=list)
    unknown_headings = models.JSONField(default=list)
    missing_headings = models.JSONField(default=list)
    rows_read = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    warned = models.IntegerField(default=0)

    class Meta:
        ordering = ["file", "index"]

    def __str__(self):
        return self.name or str(self.index)


class StagedRow(models.Model):
    """One row of a sheet, cleaned: what it says of which household, person or village.

    `values` holds JSON as `to_jsonb` writes the target's row, `secrets` sealed values with their
    hashes; `diff` is what would change, [before, after] by field.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("Read")
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused")
        LEFT_OUT = "left_out", _("Left out")

    # Rows are copied in by the ten thousand and go before their sheet: the database checks neither key.
    source = models.ForeignKey(
        Import, models.CASCADE, db_index=False, db_constraint=False, related_name="rows"
    )
    sheet = models.ForeignKey(
        ImportSheet, models.CASCADE, db_index=False, db_constraint=False, related_name="rows"
    )
    format = models.CharField(max_length=20)
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.STAGED)
    year = models.SmallIntegerField()
    key = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=60, blank=True, default="")
    person_number = models.CharField(max_length=30, null=True, db_collation="C")
    id_hash = models.BinaryField(null=True)
    village_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)
    secrets = models.JSONField(default=dict)
    versions = models.JSONField(null=True)
    diff = models.JSONField(null=True)
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["source", "format", "key"], name="exchange_row_key"),
            models.Index(fields=["sheet", "number"], name="exchange_row_sheet"),
        ]

    def __str__(self):
        return f"{self.sheet_id} {self.number}"
