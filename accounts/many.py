"""Many accounts at once: hashed side by side beforehand, written in a handful of statements."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.models import F
from django.utils import timezone

from accounts.models import Grant, GrantedHousehold, Organisation, User
from accounts.services import new_first_password
from areas.models import Area
from core.changes import change
from core.clock import today

# Argon2 works outside the interpreter's lock, so two at once use two cores; each takes 100 MB.
AT_ONCE = 2


@dataclass(frozen=True)
class FirstPassword:
    """A password in plain, for paper, and its hash, for the database."""

    plain: str
    hashed: str


@dataclass(frozen=True)
class NewAccount:
    """One account to open, already checked."""

    username: str
    name: str
    role: str
    area: Area | None = None
    organisation: Organisation | None = None
    household_ids: Sequence[int] = ()
    from_day: date | None = None
    to_day: date | None = None


def first_passwords(count: int, told: Callable[[int], None] | None = None) -> list[FirstPassword]:
    """So many first passwords with their hashes; 0.1 s each, `told` hears how many are ready."""
    plains = [new_first_password() for _number in range(count)]
    made: list[FirstPassword] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # In small portions, so that a job that is stopped does not hash on to the end.
        for start in range(0, count, 10):
            part = plains[start : start + 10]
            hashes = pool.map(make_password, part)
            made += [FirstPassword(plain, hashed) for plain, hashed in zip(part, hashes, strict=True)]
            if told:
                told(len(made))
    return made


def open_many(
    accounts: Sequence[NewAccount], passwords: Sequence[FirstPassword], *, reason: str, actor: User
) -> list[User]:
    """Open every account with its role and grants, or none; in the order given."""
    with change("account.opened_by_workbook", user=actor, reason=reason):
        users = User.objects.bulk_create(
            User(
                username=account.username,
                name=account.name,
                password=password.hashed,
                must_change_password=True,
                created_by=actor,
            )
            for account, password in zip(accounts, passwords, strict=True)
        )
        groups = {group.name: group for group in Group.objects.filter(name__in={a.role for a in accounts})}
        pairs = list(zip(users, accounts, strict=True))
        User.groups.through.objects.bulk_create(
            User.groups.through(user=user, group=groups[account.role]) for user, account in pairs
        )
        grants = Grant.objects.bulk_create(
            grant for user, account in pairs for grant in _grants_of(user, account, actor)
        )
        keys = {user.pk: account.household_ids for user, account in pairs}
        GrantedHousehold.objects.bulk_create(
            GrantedHousehold(grant=grant, household_id=key)
            for grant in grants
            if grant.kind == Grant.Kind.HOUSEHOLDS
            for key in sorted(set(keys[grant.user_id]))
        )
    return users


def _grants_of(user: User, account: NewAccount, actor: User) -> list[Grant]:
    kinds = Grant.Kind
    targets: list[dict[str, Any]] = []
    if account.area:
        targets.append({"kind": kinds.AREA, "area": account.area})
    if account.organisation:
        targets.append({"kind": kinds.ORGANISATION, "organisation": account.organisation})
    if account.household_ids:
        targets.append({"kind": kinds.HOUSEHOLDS})
    days = {"from_day": account.from_day or today(), "to_day": account.to_day}
    return [Grant(user=user, given_by=actor, **target, **days) for target in targets]


def renew_many(users: Sequence[User], passwords: Sequence[FirstPassword], *, actor: User) -> None:
    """New first passwords for people who never signed in; those of before are void."""
    with change("account.password_reset", user=actor):
        for user, password in zip(users, passwords, strict=True):
            User.objects.filter(pk=user.pk, last_seen_at=None).update(
                password=password.hashed,
                must_change_password=True,
                password_changed_at=timezone.now(),
                session_epoch=F("session_epoch") + 1,
            )
