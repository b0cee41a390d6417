from django.db import models


class Seal(models.Model):
    """One link of the chain over the audit: digests of all rows that became final since the last.

    `parts` holds for each table its columns, number of rows, first and last key and a digest;
    `digest` is an HMAC over this row and the previous digest, with a key outside the database.
    `pruned` says below which transaction the rows of a table were removed when their time was over.
    """

    APPEND_ONLY = True

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    from_transaction = models.BigIntegerField()
    horizon = models.BigIntegerField()
    parts = models.JSONField()
    pruned = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True, default="")
    key_id = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self):
        return f"{self.number} {self.digest[:8]}"


class SealCheck(models.Model):
    """One run of the verifier: how much it recomputed, and the first thing that was wrong."""

    APPEND_ONLY = True

    at = models.DateTimeField()
    seconds = models.FloatField()
    seals = models.BigIntegerField()
    rows = models.BigIntegerField()
    last_digest = models.CharField(max_length=64, blank=True, default="")
    broken_seal = models.BigIntegerField(null=True)
    table = models.CharField(max_length=63, blank=True, default="")
    first_row = models.BigIntegerField(null=True)
    last_row = models.BigIntegerField(null=True)
    # The kind of fault, a word of `core.verifying.Fault`.
    fault = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="core_sealcheck_newest")]

    def __str__(self):
        return self.fault or "whole"

    @property
    def is_whole(self) -> bool:
        return not self.fault
