from django.db import models
from django.db.models import F, Q


class Secret(models.Model):
    """One value that may not lie open: an ID number, a certificate, an account, a phone, a diagnosis.

    Facts and their history hold only its key. The ciphertext is bound to table, field and subject,
    so a row copied to another subject does not open. `core.secrets` is the only reader and writer.
    """

    NEVER_DELETED = True

    subject_table = models.CharField(max_length=63)
    field = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=32)
    keyed_hash = models.BinaryField()
    hash_key_id = models.CharField(max_length=32)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["field", "keyed_hash"], name="core_secret_hash"),
            models.Index(fields=["subject_table", "subject_id"], name="core_secret_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="core_secret_days",
                violation_error_message="A secret cannot end before it begins.",
            ),
            models.UniqueConstraint(
                fields=["key_id", "hash_key_id"],
                condition=Q(field="canary"),
                name="core_secret_one_canary",
                violation_error_message="There is one canary for each pair of keys.",
            ),
        ]

    def __str__(self):
        return f"{self.subject_table} {self.subject_id} {self.field}"
