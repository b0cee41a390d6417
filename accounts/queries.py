from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts import dormancy
from accounts.models import AccessEvent, ApiToken, Grant, User
from areas.models import Area
from core.clock import today
from core.scope import inside


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


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The tokens of `user`, those that hold first."""
    return user.tokens.select_related("area").order_by(F("ended_at").desc(nulls_first=True), "-made_at")


def users_for_list(
    words: str = "", *, role: str = "", state: str = "", area: Area | None = None
) -> QuerySet[Any]:
    """Accounts with roles and the grants of today, open ones first.

    `words` are part of a name or user name; `area` keeps who holds a grant inside it.
    """
    users = dormancy.with_idle_since(User.objects.order_by("-is_active", "username"))
    if words:
        users = users.filter(Q(username__icontains=words) | Q(name__icontains=words))
    if role:
        users = users.filter(groups__name=role)
    if area is not None:
        users = users.filter(_holds_a_grant_inside(area))
    users = _in_state(users, state)
    grants = Grant.objects.on(today()).select_related("area", "area__parent", "organisation")
    grants = grants.annotate(homes=Count("households"))
    return users.prefetch_related("groups", Prefetch("grants", grants, to_attr="grants_today"))


def _in_state(users: QuerySet[Any], state: str) -> QuerySet[Any]:
    if state == "soon":
        return dormancy.closing_soon(users).order_by("idle_since", "username")
    if state == "never":
        return users.filter(is_active=True, last_seen_at=None)
    return users.filter(is_active=state == "open") if state in {"open", "closed"} else users


def _holds_a_grant_inside(area: Area) -> Exists:
    grants = Grant.objects.on(today()).filter(user=OuterRef("pk"))
    if not area.prefix:
        return Exists(grants)
    return Exists(
        grants.filter(inside("area__code", area.prefix) | inside("organisation__area__code", area.prefix))
    )


def open_grants_of(user: User) -> QuerySet[Grant]:
    """The grants of `user` that hold today or begin later, with what they name."""
    return _with_targets(user.grants.filter(_over(today(), over=False)))


def past_grants_of(user: User) -> QuerySet[Grant]:
    """The grants of `user` that are over, the latest first."""
    return _with_targets(user.grants.filter(_over(today(), over=True))).order_by("-from_day", "-pk")


def _over(day: date, *, over: bool) -> Q:
    ended = Q(taken_back_at__isnull=False) | Q(to_day__lt=day)
    return ended if over else ~ended


def _with_targets(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    return grants.select_related("area", "area__parent", "organisation").prefetch_related("households")


def people_with(right: str) -> QuerySet[User]:
    """Open accounts whose roles give `right`: whom to tell."""
    return User.objects.filter(is_active=True, groups__permissions__codename=right).distinct()


# --- The audit ------------------------------------------------------------------------------------
def sees_all(user: User) -> bool:
    """Whether the person administers the audit: all operations, nothing about families."""
    return user.may("view_audit") and "audit_admin" in user.roles


def visible_operations(user: User) -> Q:
    """The condition on `area` of the operations that `user` may see; no grant, no rows."""
    if not user.may("view_audit"):
        return Q(pk__in=[])
    if sees_all(user):
        return Q()
    granted = Q(pk__in=[])
    for prefix in user.area_prefixes():
        granted |= inside("area", prefix)
    return granted
