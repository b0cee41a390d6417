from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import RIGHTS


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def in_force(self, moment: datetime) -> Self:
        """Tokens that open something at `moment`."""
        return self.filter(ended_at=None, expires_at__gt=moment, user__is_active=True)


class ApiToken(models.Model):
    """What a program shows instead of a password. Only its hash is kept.

    It opens at most what its person may: `scopes` are rights, `area` narrows the grants.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    area = models.ForeignKey("areas.Area", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("holds until"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["user", "-made_at"], name="accounts_apitoken_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="accounts_apitoken_days",
                violation_error_message=_("A token ends after it was made."),
            )
        ]

    def __str__(self):
        return f"{self.name} {self.prefix}…"

    @property
    def holds(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()

    @property
    def scope_words(self) -> list[str]:
        return [gettext(RIGHTS[scope]) for scope in self.scopes if scope in RIGHTS]


class ApiUse(models.Model):
    """Requests of one token or person in the minute that runs; counted by one statement."""

    key = models.CharField(max_length=30, primary_key=True)
    minute = models.BigIntegerField()
    count = models.IntegerField()

    def __str__(self):
        return f"{self.key} {self.count}"


class ApiAnswer(models.Model):
    """What a create request with an Idempotency-Key was answered; kept for some days."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    route = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                name="accounts_apianswer_once",
                violation_error_message=_("This Idempotency-Key was used before."),
            )
        ]
        indexes = [models.Index(fields=["at"], name="accounts_apianswer_at")]

    def __str__(self):
        return f"{self.route} {self.key}"
