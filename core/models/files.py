import secrets
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.scope import inside


def random_name() -> str:
    """A place in the storage that says nothing about the file and cannot be guessed."""
    token = secrets.token_hex(24)
    return f"{token[:2]}/{token}"


class StoredFileQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep the files that `user` stored, within the areas granted to them now."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        granted = Q(area_prefix="")
        for prefix in user.area_prefixes():
            granted |= inside("area_prefix", prefix)
        return self.filter(granted, user_id=user.pk)

    def overdue(self) -> Self:
        """Files whose time of keeping is over and whose content is still there."""
        return self.filter(erased_at=None, keep_until__lte=timezone.now())


class StoredFile(models.Model):
    """A file of the system: content in the storage, encrypted, and how long it is kept."""

    name = models.CharField(max_length=100, unique=True, default=random_name)
    kind = models.CharField(max_length=60)
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True, default="")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    user_id = models.BigIntegerField(null=True, db_index=True)
    area_prefix = models.CharField(max_length=15, blank=True, default="", db_collation="C")
    key_id = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateTimeField(null=True, db_index=True)
    erased_at = models.DateTimeField(null=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=0),
                name="core_storedfile_size_not_negative",
                violation_error_message=_("The size of a file cannot be below zero."),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def encrypted(self) -> bool:
        return bool(self.key_id)
