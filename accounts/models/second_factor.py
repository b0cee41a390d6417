from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """The authenticator app of one person. The key is a secret; a removed factor stays as a row."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="second_factors")
    secret = models.ForeignKey("core.Secret", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The last step whose code was accepted: neither it nor an earlier one is taken again.
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at=None),
                name="accounts_second_factor_one",
                violation_error_message=_("This account has a second factor already."),
            )
        ]

    def __str__(self):
        return f"{self.user_id} {self.made_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code for the day the phone is lost: usable once, kept as a hash."""

    factor = models.ForeignKey(SecondFactor, models.PROTECT, related_name="recovery_codes")
    code_hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["factor"], name="accounts_recovery_factor")]

    def __str__(self):
        return f"{self.factor_id} {self.pk}"


class HourlyUse(models.Model):
    """The moments of the last hour at which somebody did what is limited by the hour."""

    class Kind(models.TextChoices):
        REVEAL = "reveal", _("secrets shown")
        COMPARE = "compare", _("typed numbers compared")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    used_at = ArrayField(models.DateTimeField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="accounts_hourly_use_once",
                violation_error_message=_("This use is counted already."),
            )
        ]

    def __str__(self):
        return f"{self.user_id} {self.kind}"
