"""The second step of signing in: an authenticator app, and recovery codes for when it is lost.

`SECOND_FACTOR` says whether it is asked: ``required`` of the roles of `SECOND_FACTOR_ROLES` (others
may have one), ``optional`` of whoever has set one up, ``off`` of nobody.
"""

import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import one_time_codes
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services import end_sessions
from core import secrets
from core.changes import change

REQUIRED, OPTIONAL, OFF = "required", "optional", "off"
# The mark of a session that was opened with both steps.
BOTH_STEPS = "both_steps"
TABLE, FIELD = "accounts_secondfactor", "totp"


# --- Who has one, who needs one -----------------------------------------------------------------
def factor_of(user: User) -> SecondFactor | None:
    """The confirmed factor of `user`."""
    return _open_factors(user).exclude(confirmed_at=None).select_related("secret").first()


def unconfirmed_of(user: User) -> SecondFactor | None:
    """A factor whose set-up was begun and not yet confirmed by a code."""
    return _open_factors(user).filter(confirmed_at=None).select_related("secret").first()


def _open_factors(user: User) -> QuerySet[SecondFactor]:
    return SecondFactor.objects.filter(user=user, ended_at=None)


def is_asked(user: User) -> bool:
    """Whether signing in as `user` takes a second step."""
    return settings.SECOND_FACTOR != OFF and factor_of(user) is not None


def must_have_one(user: User) -> bool:
    """Whether one of the person's roles demands a factor in this installation."""
    return settings.SECOND_FACTOR == REQUIRED and not settings.SECOND_FACTOR_ROLES.isdisjoint(user.roles)


def is_missing(user: User) -> bool:
    """Whether the person has to set one up before anything else."""
    return must_have_one(user) and factor_of(user) is None


def is_half(request: HttpRequest, user: User) -> bool:
    """Whether a session without the second step goes on that by now would need it."""
    return must_have_one(user) and BOTH_STEPS not in request.session


# --- Set up and take away -----------------------------------------------------------------------
def begin(user: User) -> SecondFactor:
    """Make a new key that counts once a code confirms it; one begun before is over."""
    if factor_of(user) is not None:
        raise ValidationError(_("You have a second factor already. Remove it first."))
    with change("account.factor_begun", user=user):
        _open_factors(user).filter(confirmed_at=None).update(ended_at=timezone.now())
        secret = secrets.seal(table=TABLE, field=FIELD, subject_id=user.pk, plain=one_time_codes.new_key())
        try:
            with transaction.atomic():
                return SecondFactor.objects.create(user=user, secret=secret)
        except IntegrityError:
            raise ValidationError(_("You have a second factor already. Remove it first.")) from None


def key_of(factor: SecondFactor) -> str:
    """The key for the app, to be shown only while it is being set up."""
    return secrets.reveal(factor.secret)


def confirm(factor: SecondFactor, typed: str) -> list[str]:
    """Switch the factor on with its first right code; return the recovery codes, shown once.

    The person's other sessions end: they came in without the second step.
    """
    if not _take_code(factor, one_time_codes.plain_code(typed)):
        raise ValidationError(_("This is not the code of now. Wait for the next one and type it."))
    with change("account.factor_set", user=factor.user):
        waiting = SecondFactor.objects.filter(pk=factor.pk, ended_at=None, confirmed_at=None)
        if not waiting.update(confirmed_at=timezone.now()):
            # Ended, or confirmed in another window: what is shown here must not void its codes.
            raise ValidationError(_("You have a second factor already. Remove it first."))
        end_sessions(factor.user)
        return _give_recovery_codes(factor)


def renew_recovery_codes(user: User) -> list[str]:
    """Ten new codes; the old ones are worth nothing from now on."""
    factor = factor_of(user)
    if factor is None:
        raise ValidationError(_("There is no second factor to give codes for."))
    with change("account.recovery_codes", user=user):
        return _give_recovery_codes(factor)


def _give_recovery_codes(factor: SecondFactor) -> list[str]:
    codes = one_time_codes.new_recovery_codes()
    factor.recovery_codes.filter(used_at=None, replaced_at=None).update(replaced_at=timezone.now())
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, code_hash=one_time_codes.recovery_hash(factor.pk, code)) for code in codes
    )
    return codes


def codes_left(factor: SecondFactor) -> int:
    return factor.recovery_codes.filter(used_at=None, replaced_at=None).count()


def remove(user: User, *, actor: User, reason: str = "") -> bool:
    """Take the factor away with all sessions of the person; False when there was none."""
    with change("account.factor_removed", user=actor, reason=reason):
        ended = _open_factors(user).update(ended_at=timezone.now())
        end_sessions(user)
    return bool(ended)


def reset(user: User, *, actor: User, reason: str) -> bool:
    """The security administrator takes somebody else's lost factor away."""
    if actor.pk == user.pk:
        raise ValidationError(_("Nobody resets their own second factor. Another administrator does."))
    if not reason.strip():
        raise ValidationError(_("Say why the second factor is reset."))
    return remove(user, actor=actor, reason=reason.strip()[:200])


# --- Prove it ------------------------------------------------------------------------------------
def accepts(user: User, typed: str) -> bool:
    """Whether `typed` is a code of now or an unused recovery code; either is used up by this."""
    factor = factor_of(user)
    if factor is None:
        return False
    code = one_time_codes.plain_code(typed)
    return _take_code(factor, code) or _take_recovery_code(factor, code)


def _take_code(factor: SecondFactor, code: str) -> bool:
    """Use up the step of `code`: of two who bring it at the same moment one is let in."""
    if not one_time_codes.is_code(code):
        return False
    step = one_time_codes.step_of(key_of(factor), code, time.time())
    if step is None:
        return False
    unused = SecondFactor.objects.filter(pk=factor.pk, ended_at=None, last_step__lt=step)
    return bool(unused.update(last_step=step))


def _take_recovery_code(factor: SecondFactor, code: str) -> bool:
    if not one_time_codes.is_recovery_code(code):
        return False
    hashed = one_time_codes.recovery_hash(factor.pk, code)
    unused = factor.recovery_codes.filter(code_hash=hashed, used_at=None, replaced_at=None)
    if not unused.exists():
        return False
    with change("account.recovery_code_used", user=factor.user):
        return bool(unused.update(used_at=timezone.now()))
