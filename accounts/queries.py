from datetime import date

from django.db.models import Prefetch, QuerySet

from accounts.models import AccessEvent, Grant, User
from core.clock import today


def grants_of(user: User, day: date | None = None) -> QuerySet[Grant]:
    """The grants that hold on `day`, with what they name."""
    return (
        user.grants.on(day or today())
        .select_related("area", "area__parent", "organisation")
        .prefetch_related("households")
    )


def recent_events_of(user: User, limit: int = 10) -> QuerySet[AccessEvent]:
    """The last times somebody came in as `user`, or tried to."""
    kind = AccessEvent.Kind
    kinds = [kind.SIGNED_IN, kind.SIGNED_OUT, kind.SESSION_ENDED, kind.PASSWORD_CHANGED]
    return AccessEvent.objects.filter(user=user, kind__in=kinds).order_by("-at")[:limit]


def users_for_list(words: str = "") -> QuerySet[User]:
    """Accounts with roles and the grants of today, open ones first."""
    users = User.objects.order_by("-is_active", "username")
    if words:
        users = users.filter(username__icontains=words) | users.filter(name__icontains=words)
    grants = Grant.objects.on(today()).select_related("area", "organisation")
    return users.prefetch_related("groups", Prefetch("grants", grants, to_attr="grants_today"))


def events_for_list(kind: str = "") -> QuerySet[AccessEvent]:
    """Events for the audit administrator, the latest first."""
    events = AccessEvent.objects.select_related("user").order_by("-at", "-pk")
    return events.filter(kind=kind) if kind else events


def people_with(right: str) -> QuerySet[User]:
    """Open accounts whose roles give `right`: whom to tell."""
    return User.objects.filter(is_active=True, groups__permissions__codename=right).distinct()
