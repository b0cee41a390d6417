from django.db import models

from accounts.roles import RIGHTS


class Right(models.Model):
    """No rows: the model on which the rights of `accounts.roles` hang as Django permissions."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = list(RIGHTS.items())

    def __str__(self):
        return "right"
