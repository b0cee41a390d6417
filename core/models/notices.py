from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep the person's own notices; nobody reads another's."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk)

    def open(self) -> Self:
        """Notices whose matter is not over."""
        return self.filter(closed_at=None)

    def unread(self) -> Self:
        return self.filter(closed_at=None, read_at=None)


class Notice(models.Model):
    """A sentence for one person about one matter, kept as English words with what fills them in.

    It holds no personal data: keys, counts and names of places only. While the matter is open there
    is one notice about it, however often it is told (`core.notices.notify`).
    """

    DIGEST = "core.digest"

    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=100, blank=True, default="")
    words = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=300, blank=True, default="")
    times = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "kind", "key"],
                condition=Q(closed_at=None),
                name="core_notice_open_once",
                violation_error_message=_("This person has been told already."),
            ),
            models.UniqueConstraint(
                fields=["user_id", "key"],
                condition=Q(kind="core.digest"),
                name="core_notice_digest_once_a_day",
                violation_error_message=_("This person has been told already."),
            ),
            models.CheckConstraint(
                condition=Q(address="") | (Q(address__startswith="/") & ~Q(address__startswith="//")),
                name="core_notice_address_ours",
                violation_error_message=_("A notice leads to a page of this system."),
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "-told_at"], name="core_notice_newest"),
            models.Index(
                fields=["user_id"], name="core_notice_unread", condition=Q(read_at=None, closed_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}".strip()

    @property
    def text(self) -> str:
        """The sentence in the reader's language."""
        return gettext(self.words) % self.values

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
