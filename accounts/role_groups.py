"""Write the roles of `accounts.roles` into the tables of groups and permissions."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Right
from accounts.roles import ROLES


def sync_roles(using: str = "default", **signal: Any) -> None:
    """Make one group a role with exactly its rights. Runs after each migrate; safe to repeat."""
    rights = ContentType.objects.db_manager(using).get_for_model(Right, for_concrete_model=False)
    permissions = {p.codename: p for p in Permission.objects.using(using).filter(content_type=rights)}
    if not permissions:
        # A migrate that stopped before this app made its first table.
        return
    for role in ROLES.values():
        group, _made = Group.objects.using(using).get_or_create(name=role.code)
        group.permissions.set([permissions[right] for right in role.rights])
