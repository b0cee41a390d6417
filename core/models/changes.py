from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Change(models.Model):
    """One action of a person or a job; every history row points to the one that made it.

    A row written by SQL outside `core.changes.change` gets a change of kind ``direct``, made by
    the trigger, which names only the database user.
    """

    APPEND_ONLY = True

    kind = models.CharField(max_length=60, db_index=True)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=150, blank=True, default="")
    role = models.CharField(max_length=60, blank=True, default="")
    database_user = models.CharField(max_length=63, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    evidence = models.TextField(blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    source_import = models.BigIntegerField(null=True, db_index=True)
    county = models.IntegerField(null=True)

    def __str__(self):
        return f"{self.kind} · {self.user_name or self.database_user}"


class RowHistory(models.Model):
    """What a change did to one row, written by the database in the same transaction.

    `changed` holds ``{column: [old, new]}`` of an update, `image` the whole row after it (before
    it for a deletion) without secrets, which live in `core.Secret` and are only pointed to.
    """

    APPEND_ONLY = True

    class Operation(models.TextChoices):
        INSERT = "I"
        UPDATE = "U"
        DELETE = "D"
        TRUNCATE = "T"

    change = models.ForeignKey(
        Change, models.PROTECT, related_name="rows", db_constraint=False, db_index=False
    )
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=1, choices=Operation)
    changed = models.JSONField(null=True)
    image = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["row_id", "table"], name="core_rowhistory_row"),
            BrinIndex(fields=["change"], name="core_rowhistory_change"),
        ]

    def __str__(self):
        return f"{self.operation} {self.table} {self.row_id}"
