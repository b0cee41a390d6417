from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transactions import TransactionNumber


class AccessEvent(models.Model):
    """Somebody came in, went out, or was refused. Rows are added, never changed or removed."""

    APPEND_ONLY = SEALED = True

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_REFUSED = "sign_in_refused", _("sign-in refused")
        SIGN_IN_LOCKED = "sign_in_locked", _("sign-in during a lock")
        SIGNED_OUT = "signed_out", _("signed out")
        SESSION_ENDED = "session_ended", _("session ended")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        REFUSED = "refused", _("page refused")
        NOT_FOUND = "not_found", _("object not found")
        INVALID = "invalid", _("entry refused")
        STALE = "stale", _("entry overtaken by somebody else")
        REVEALED = "revealed", _("secret shown")
        COMPARED = "compared", _("typed number compared")
        EXPORTED = "exported", _("list exported")
        DOWNLOADED = "downloaded", _("file downloaded")
        SECOND_FACTOR_SET = "factor_set", _("second factor set up")
        SECOND_FACTOR_REFUSED = "factor_refused", _("second factor refused")
        SECOND_FACTOR_REMOVED = "factor_removed", _("second factor removed")
        TOKEN_MADE = "token_made", _("token made")
        TOKEN_ENDED = "token_ended", _("token ended")

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20, choices=Kind)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=60, blank=True, default="")
    # What was typed as a user name may be a password: only its keyed hash is kept.
    name_hash = models.BinaryField(null=True)
    address = models.GenericIPAddressField(null=True)
    method = models.CharField(max_length=10, blank=True, default="")
    route = models.CharField(max_length=100, blank=True, default="")
    subject = models.CharField(max_length=100, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    # Prefix of the area concerned: the subject's, or else the person's own.
    area = models.CharField(max_length=15, blank=True, default="", db_default="", db_collation="C")
    # How many rows an export or a file holds.
    rows = models.IntegerField(null=True)
    transaction_number = models.BigIntegerField(db_default=TransactionNumber(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["user", "at"], name="accounts_accessevent_user"),
            models.Index(fields=["at"], name="accounts_accessevent_at"),
            models.Index(
                fields=["subject"], name="accounts_accessevent_subject", condition=~models.Q(subject="")
            ),
            BrinIndex(fields=["transaction_number"], name="accounts_event_transaction", autosummarize=True),
        ]

    def __str__(self):
        return f"{self.kind} {self.route}".strip()


class SignInAttempts(models.Model):
    """Recent tries for one typed user name, whether or not such an account exists."""

    name_hash = models.BinaryField(primary_key=True)
    tried_at = ArrayField(models.DateTimeField(), default=list)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["locked_until"], name="accounts_attempts_lock")]

    def __str__(self):
        return self.name_hash.hex()[:8]
