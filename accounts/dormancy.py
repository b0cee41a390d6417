"""Accounts that nobody uses: listed beforehand, closed after `DORMANT_DAYS` without a sign-in."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services
from accounts.demonstration import is_demonstration
from accounts.models import User

# An account appears in the list this many days before it is closed.
WARNED_DAYS = 14


def with_idle_since(users: QuerySet[User]) -> QuerySet[Any]:
    """Annotate `idle_since`: the last visit, for a new or reopened account that moment."""
    return users.annotate(
        idle_since=Greatest(Coalesce("last_seen_at", "created_at"), Coalesce("reopened_at", "created_at"))
    )


def idle_at_least(users: QuerySet[User], days: int, now: datetime | None = None) -> QuerySet[Any]:
    """Open accounts without a visit for `days` days."""
    limit = (now or timezone.now()) - timedelta(days=days)
    return with_idle_since(users).filter(is_active=True, idle_since__lte=limit)


def closing_soon(users: QuerySet[User]) -> QuerySet[Any]:
    """Open accounts that are closed within `WARNED_DAYS` days when nobody signs in."""
    return idle_at_least(users, max(settings.DORMANT_DAYS - WARNED_DAYS, 0))


def days_left(user: User) -> int | None:
    """Whole days until a listed account is closed, 0 with the next run; None while that is far."""
    idle_since = getattr(user, "idle_since", None)
    if idle_since is None or not user.is_active:
        return None
    left = settings.DORMANT_DAYS - (timezone.now() - idle_since).days
    return max(left, 0) if left <= WARNED_DAYS else None


def close_dormant_accounts() -> int:
    """Close what was not used; the last security administrator stays. Return how many were closed.

    In a demonstration nobody is closed: its accounts are there to be tried at any time.
    """
    if is_demonstration():
        return 0
    dormant = idle_at_least(User.objects.all(), settings.DORMANT_DAYS)
    reason = _("Not signed in for %(days)s days") % {"days": settings.DORMANT_DAYS}
    # Who was seen last is asked last, so that of several security administrators that one stays.
    return sum(
        services.close_account(user, reason=reason, actor=None)
        for user in dormant.order_by("idle_since", "pk")
        if not services.is_last_security_administrator(user)
    )
