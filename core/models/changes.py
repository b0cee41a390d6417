from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from core.transactions import TransactionNumber


class Change(models.Model):
    """One action of a person or a job; every history row points to the one that made it.

    A row written by SQL outside `core.changes.change` gets a change of kind ``direct``, made by
    the trigger, which names only the database user.
    """

    APPEND_ONLY = SEALED = True

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
    address = models.GenericIPAddressField(null=True)
    # Prefix of the area concerned, and number or key of what was changed; no names.
    area = models.CharField(max_length=15, blank=True, default="", db_default="", db_collation="C")
    subject = models.CharField(max_length=100, blank=True, default="", db_default="")
    # The change around this one, whose operation it belongs to.
    within = models.BigIntegerField(null=True)
    transaction_number = models.BigIntegerField(db_default=TransactionNumber(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="core_change_at"),
            models.Index(fields=["user_id", "at"], name="core_change_user"),
            models.Index(fields=["subject"], name="core_change_subject", condition=~models.Q(subject="")),
            BrinIndex(fields=["transaction_number"], name="core_change_transaction", autosummarize=True),
        ]

    def __str__(self):
        return f"{self.kind} · {self.user_name or self.database_user}"


class RowHistory(models.Model):
    """What a change did to one row, written by the database in the same transaction.

    `changed` holds ``{column: [old, new]}`` of an update, `image` the whole row after it (before
    it for a deletion) without secrets, which live in `core.Secret` and are only pointed to.
    """

    APPEND_ONLY = SEALED = True

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
    transaction_number = models.BigIntegerField(db_default=TransactionNumber(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["row_id", "table"], name="core_rowhistory_row"),
            BrinIndex(fields=["change"], name="core_rowhistory_change"),
            BrinIndex(fields=["transaction_number"], name="core_rowhistory_transaction", autosummarize=True),
        ]

    def __str__(self):
        return f"{self.operation} {self.table} {self.row_id}"
