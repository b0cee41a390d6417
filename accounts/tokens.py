"""Tokens of the API: made and ended by their person, found by their hash, narrowed for a request."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.narrowing import Narrowing
from accounts.roles import RIGHTS
from areas.models import Area
from core.changes import change

MARK = "pa_"
SHOWN = 9  # characters of the token that its list shows
DEFAULT_DAYS, MOST_DAYS = 90, 365
MOST_TOKENS = 20
NOTE_USE_EVERY = timedelta(minutes=1)
# No program shows secrets or changes accounts.
NEVER = frozenset(
    {
        "reveal_secrets",
        "manage_accounts",
        "view_accounts",
        "manage_system",
        "clear_demonstration",
        "manage_years",
    }
)


def rights_to_give(user: User) -> list[str]:
    """The rights that a token of `user` may carry, in the order of the table of rights."""
    return [right for right in RIGHTS if right not in NEVER and user.may(right)]


def make_token(
    user: User, *, name: str, scopes: Iterable[str], area: Area | None = None, days: int = DEFAULT_DAYS
) -> tuple[ApiToken, str]:
    """A new token and its plain text, which nobody can read again."""
    wanted = set(scopes)
    if not wanted or not wanted <= set(rights_to_give(user)):
        raise ValidationError({"scopes": _("Choose rights that you have yourself.")})
    if area is not None and not _holds(user, area):
        raise ValidationError({"area": _("Choose an area inside your own.")})
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("A token holds 1 to %(most)d days.") % {"most": MOST_DAYS}})
    now = timezone.now()
    plain = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name.strip(),
        prefix=plain[:SHOWN],
        digest=digest_of(plain),
        scopes=sorted(wanted),
        area=area,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    with change("token.made", user=user):
        _refuse_too_many(user)
        token.full_clean()
        token.save(force_insert=True)
    return token, plain


def _refuse_too_many(user: User) -> None:
    # Whoever makes two at the same moment waits here, so that both are counted.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiToken.objects.in_force(timezone.now()).filter(user=user).count() >= MOST_TOKENS:
        raise ValidationError(_("You have %(most)d tokens already. End one first.") % {"most": MOST_TOKENS})


def _holds(user: User, area: Area) -> bool:
    return area.valid_to is None and any(area.prefix.startswith(prefix) for prefix in user.area_prefixes())


def end_token(token: ApiToken, *, actor: User | None) -> bool:
    """End a token with the next request; False when it had ended before."""
    with change("token.ended", user=actor):
        return bool(ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=timezone.now()))


def end_all(user: User) -> int:
    """End every token of `user`, inside the caller's change: the account closes or is reset."""
    return ApiToken.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())


def digest_of(plain: str) -> str:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(plain.encode()).hexdigest()


def find(plain: str) -> ApiToken | None:
    """The token that holds, with its person narrowed to it; None when there is none."""
    now = timezone.now()
    tokens = ApiToken.objects.in_force(now).select_related("user", "area")
    token = tokens.filter(digest=digest_of(plain)).first()
    if token is None or (token.area is not None and token.area.valid_to is not None):
        return None
    area_prefix = token.area.prefix if token.area is not None else None
    token.user.narrowing = Narrowing(frozenset(token.scopes) - NEVER, area_prefix)
    _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    """Write down once a minute that the token, and with it the account, is in use."""
    now = timezone.now()
    late = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    if ApiToken.objects.filter(late, pk=token.pk).update(last_used_at=now):
        User.objects.filter(pk=token.user_id).update(last_seen_at=now)
