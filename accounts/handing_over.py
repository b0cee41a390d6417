"""One person's grants pass to another: a first secretary is replaced, a helper moves on."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Grant, GrantedHousehold, User
from accounts.roles import ADMINISTRATORS
from accounts.services import end_sessions, refuse_own_account
from core.changes import change
from core.clock import today


def grants_to_hand_over(user: User, from_day: date) -> list[Grant]:
    """The grants of `user` that still hold on `from_day` or begin later."""
    grants = user.grants.filter(taken_back_at=None).filter(Q(to_day=None) | Q(to_day__gte=from_day))
    return list(grants.select_related("area", "organisation").order_by("pk"))


def hand_over(user: User, to: User, *, reason: str, from_day: date, actor: User | None) -> int:
    """Give every grant of `user` to `to` from a day on, and end it the day before; return how many.

    Days that were set for a grant stay; one that had not begun passes as it is. What the successor
    holds already is only ended.
    """
    _refuse(user, to, reason=reason, from_day=from_day, actor=actor)
    with change("account.handed_over", user=actor, reason=reason.strip()):
        # In the order of their keys, so that two at once wait for each other and never block.
        list(User.objects.select_for_update().filter(pk__in=[user.pk, to.pk]).order_by("pk"))
        grants = grants_to_hand_over(user, from_day)
        if not grants:
            raise ValidationError(_("%(name)s has no grant to hand over.") % {"name": user.name})
        for grant in grants:
            _pass_on(grant, to, from_day, actor)
            _end_before(grant, from_day)
        end_sessions(user)
        end_sessions(to)
    return len(grants)


def _refuse(user: User, to: User, *, reason: str, from_day: date, actor: User | None) -> None:
    refuse_own_account(user, actor)
    refuse_own_account(to, actor)
    if to.pk == user.pk:
        raise ValidationError(_("Choose somebody else: the grants are this person's already."))
    if not to.is_active:
        raise ValidationError(_("The account of %(name)s is closed. Open it first.") % {"name": to.name})
    if not to.roles:
        raise ValidationError(_("%(name)s holds no role yet. Give one first.") % {"name": to.name})
    if set(to.roles) & set(ADMINISTRATORS):
        raise ValidationError(_("An administrator gets no grants: they see nothing about families."))
    if from_day < today():
        raise ValidationError(_("The day lies in the past. Choose today or a later day."))
    if not reason.strip():
        raise ValidationError(_("Say why the grants are handed over."))


def _pass_on(grant: Grant, to: User, from_day: date, actor: User | None) -> None:
    begins = max(grant.from_day, from_day)
    fields = {"kind": grant.kind, "area": grant.area, "organisation": grant.organisation}
    if grant.kind != Grant.Kind.HOUSEHOLDS and to.grants.on(begins).filter(**fields, to_day=None).exists():
        return
    passed = Grant(user=to, **fields, from_day=begins, to_day=grant.to_day, given_by=actor)
    passed.full_clean()
    passed.save(force_insert=True)
    keys = grant.households.order_by("household_id").values_list("household_id", flat=True)
    GrantedHousehold.objects.bulk_create(GrantedHousehold(grant=passed, household_id=key) for key in keys)


def _end_before(grant: Grant, from_day: date) -> None:
    rows = Grant.objects.filter(pk=grant.pk, taken_back_at=None)
    if grant.from_day >= from_day:
        rows.update(taken_back_at=timezone.now())
    else:
        rows.update(to_day=from_day - timedelta(days=1))
