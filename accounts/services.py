"""What changes accounts: open, give roles and grants, new password, close, open the first one."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.models import Grant, GrantedHousehold, Organisation, User
from accounts.models.users import normal_username
from accounts.roles import ADMINISTRATORS, ROLES, clashing
from areas.models import Area
from core.changes import change
from core.clock import today
from core.versions import StaleVersion, save_versioned

# No letters and digits that a printed first password lets one confuse.
_PRINTED = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
# One lock for what may leave the installation without its security administrator.
ADMINISTRATORS_LOCK = 411725
SECURITY = "security_admin"


def open_account(
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    password: str | None = None,
    actor: User | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account with roles; without a password nobody can sign in until it is reset."""
    user = User(
        username=normal_username(username),
        name=name.strip(),
        created_by=actor,
        must_change_password=must_change_password,
    )
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    with change("account.opened", user=actor):
        user.full_clean()
        user.save(force_insert=True)
        set_roles(user, roles, actor=actor)
    return user


def refuse_own_account(user: User, actor: User | None) -> None:
    """Nobody raises themselves: roles, grants and state of an account are another person's to change."""
    if actor is not None and actor.pk == user.pk:
        raise ValidationError(
            _("Nobody administers their own account. Please ask another security administrator.")
        )


def is_last_security_administrator(user: User) -> bool:
    """Whether without `user` nobody could administer accounts any more; waits for changes under way."""
    if SECURITY not in user.roles:
        return False
    _lock_administrators()
    others = User.objects.filter(groups__name=SECURITY, is_active=True).exclude(pk=user.pk)
    return user.is_active and not others.exists()


def _lock_administrators() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINISTRATORS_LOCK])


def _keep_a_security_administrator(user: User) -> None:
    if is_last_security_administrator(user):
        raise ValidationError(_("This is the last security administrator. Name another one first."))


def change_person(user: User, *, values: dict[str, str], version: int, actor: User) -> bool:
    """Correct name and e-mail as the writer saw them; False when nothing differed."""
    with change("account.changed", user=actor):
        return save_versioned(user, values, version=version)


def set_roles(user: User, roles: Iterable[str], *, actor: User | None, version: int | None = None) -> None:
    """Give `user` exactly these roles; the sessions of before end.

    Raises StaleVersion when somebody changed the account after `version` was read.
    """
    refuse_own_account(user, actor)
    codes = set(roles)
    unknown = codes - ROLES.keys()
    if unknown:
        raise ValidationError(_("There is no role “%(role)s”.") % {"role": min(unknown)})
    if clashing(codes):
        raise ValidationError(
            _("System, security and audit are administered by different people, who hold no other role.")
        )
    if codes & set(ADMINISTRATORS) and user.pk and user.grants.on(today()).exists():
        raise ValidationError(_("An administrator gets no grants. Take back this person's grants first."))
    with change("account.roles", user=actor):
        if SECURITY not in codes:
            _keep_a_security_administrator(user)
        rows = User.objects.filter(pk=user.pk)
        seen = rows if version is None else rows.filter(version=version)
        if not seen.update(version=F("version") + 1):
            raise StaleVersion(User.objects.get(pk=user.pk))
        user.groups.set(Group.objects.filter(name__in=codes))
        end_sessions(user)
    user.__dict__.pop("roles", None)


def grant_area(
    user: User, area: Area, *, actor: User | None, from_day: date | None = None, to_day: date | None = None
) -> Grant:
    """Let `user` look into an area and all below it, from a day to a day."""
    return _give(
        Grant(user=user, kind=Grant.Kind.AREA, area=area, from_day=from_day or today(), to_day=to_day), actor
    )


def grant_organisation(
    user: User,
    organisation: Organisation,
    *,
    actor: User | None,
    from_day: date | None = None,
    to_day: date | None = None,
) -> Grant:
    """Let `user` act for an organisation, from a day to a day."""
    kind, begins = Grant.Kind.ORGANISATION, from_day or today()
    grant = Grant(user=user, kind=kind, organisation=organisation, from_day=begins, to_day=to_day)
    return _give(grant, actor)


def grant_households(
    user: User,
    household_ids: Iterable[int],
    *,
    actor: User | None,
    from_day: date | None = None,
    to_day: date | None = None,
) -> Grant:
    """Let `user` look into single households, as a helper does, from a day to a day."""
    kind, begins = Grant.Kind.HOUSEHOLDS, from_day or today()
    with change("account.grant", user=actor):
        grant = _give(Grant(user=user, kind=kind, from_day=begins, to_day=to_day), actor)
        GrantedHousehold.objects.bulk_create(
            GrantedHousehold(grant=grant, household_id=key) for key in sorted(set(household_ids))
        )
    return grant


def _give(grant: Grant, actor: User | None) -> Grant:
    refuse_own_account(grant.user, actor)
    if set(grant.user.roles) & set(ADMINISTRATORS):
        raise ValidationError(_("An administrator gets no grants: they see nothing about families."))
    with change("account.grant", user=actor):
        grant.given_by = actor
        grant.full_clean()
        grant.save(force_insert=True)
        end_sessions(grant.user)
    return grant


def take_back_grant(grant: Grant, *, actor: User | None) -> bool:
    """End a grant with the next request; False when it was taken back before."""
    refuse_own_account(grant.user, actor)
    with change("account.grant_taken_back", user=actor):
        taken = Grant.objects.filter(pk=grant.pk, taken_back_at=None).update(taken_back_at=timezone.now())
        end_sessions(grant.user)
    return bool(taken)


def sign_out_everywhere(user: User, *, actor: User) -> None:
    """End all sessions of `user` by hand, as after a lost telephone."""
    with change("account.sessions_ended", user=actor):
        end_sessions(user)


def end_sessions(user: User) -> None:
    """Every session of `user` ends with its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def set_preferences(user: User, **preferences: str | bool) -> None:
    """What the person likes: `language`, `single_keys`."""
    with change("account.preferences", user=user):
        User.objects.filter(pk=user.pk).update(**preferences)


def change_password(user: User, password: str) -> None:
    """The person chooses a new password; all sessions but the one that asks end."""
    if user.check_password(password):
        raise ValidationError(_("This is the password you have already. Choose another one."))
    validate_password(password, user)
    with change("account.password_changed", user=user):
        _set_password(user, password, must_change=False)


def new_first_password() -> str:
    """Sixteen characters in four parts that nobody confuses on paper."""
    return "-".join(get_random_string(4, _PRINTED) for _part in range(4))


def reset_password(user: User, *, actor: User) -> str:
    """Give a first password, to be shown once and changed at the next sign-in."""
    refuse_own_account(user, actor)
    password = new_first_password()
    with change("account.password_reset", user=actor):
        _set_password(user, password, must_change=True)
        tokens.end_all(user)
    return password


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def close_account(user: User, *, reason: str, actor: User | None) -> bool:
    """Close an account from the next request on; False when it was closed before."""
    refuse_own_account(user, actor)
    if not reason.strip():
        raise ValidationError(_("Say why the account is closed."))
    with change("account.closed", user=actor, reason=reason):
        _keep_a_security_administrator(user)
        closed = User.objects.filter(pk=user.pk, is_active=True).update(
            is_active=False,
            deactivated_at=timezone.now(),
            deactivated_reason=reason.strip()[:200],
            session_epoch=F("session_epoch") + 1,
        )
        tokens.end_all(user)
    return bool(closed)


def reopen_account(user: User, *, reason: str, actor: User) -> bool:
    """Open a closed account again; False when it was open."""
    refuse_own_account(user, actor)
    if not reason.strip():
        raise ValidationError(_("Say why the account is opened again."))
    with change("account.reopened", user=actor, reason=reason):
        opened = User.objects.filter(pk=user.pk, is_active=False).update(
            is_active=True, deactivated_at=None, deactivated_reason="", reopened_at=timezone.now()
        )
    return bool(opened)


def open_first_administrator(*, username: str, name: str, password: str, role: str) -> User:
    """Open the first account of an empty installation; of two at the same moment one is refused."""
    with change("account.first_administrator"):
        _lock_administrators()
        if User.objects.exists():
            raise ValidationError(_("There is an account already: ask its owner to open yours."))
        return open_account(
            username=username, name=name, roles=[role], password=password, must_change_password=False
        )
