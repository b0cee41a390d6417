from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Job, StoredFile


class RosterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep the person's own rosters, of the kinds that they may write at this moment."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        kinds = [kind for kind in Roster.Kind.values if user.may(RIGHTS[kind])]
        return self.filter(user_id=user.pk, kind__in=kinds)


class Roster(models.Model):
    """A workbook of accounts, organisations or officials, on its way in.

    The file is kept encrypted and read anew at each step: rows stand nowhere else.
    """

    class Kind(models.TextChoices):
        USERS = "users", _("Accounts")
        ORGANISATIONS = "organisations", _("Organisations")
        OFFICIALS = "officials", _("Officials")

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked, not yet written")
        CONFIRMED = "confirmed", _("Being written")
        APPLIED = "applied", _("Written")
        ABANDONED = "abandoned", _("Abandoned")

    kind = models.CharField(max_length=15, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    user_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=255)
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    written = models.IntegerField(default=0)
    # Keys of the accounts that were opened, and their first passwords until somebody has taken them.
    opened = models.JSONField(default=list)
    passwords = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    passwords_taken_at = models.DateTimeField(null=True)

    objects = RosterQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_working(self) -> bool:
        return bool(self.job and self.job.is_open)

    @property
    def may_confirm(self) -> bool:
        """Whether nothing was written yet and no job is at it; one that failed may be tried again."""
        return self.state in (self.State.CHECKED, self.State.CONFIRMED) and not self.is_working

    @property
    def passwords_wait(self) -> bool:
        """Whether first passwords can still be shown."""
        file = self.passwords
        if file is None or self.passwords_taken_at is not None or file.erased_at is not None:
            return False
        return file.keep_until is None or file.keep_until > timezone.now()

    @property
    def may_renew(self) -> bool:
        """Whether the first passwords are gone and new ones can be asked for."""
        return bool(self.opened) and not self.passwords_wait and not self.is_working


RIGHTS = {
    "users": "manage_accounts",
    "organisations": "manage_organisations",
    "officials": "manage_organisations",
}
