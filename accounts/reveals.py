"""Looking at secrets: limited by the hour, recorded before the value is read, watched.

A use and its record stand in one transaction that is over before anything is decrypted: if either
cannot be written, nothing is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.events import record
from accounts.hourly import claim_use, uses_left
from accounts.models import AccessEvent, HourlyUse, User
from accounts.requests import SignedInRequest
from accounts.services import SECURITY
from core.clock import business_day_of
from core.notices import notify

DAY = timedelta(days=1)
DAYS_COMPARED = 30
# Fewer than this in a day is never unusual.
FEW = 10


class OverLimit(ValidationError):
    """The hour's uses are used up."""


def claim_reveal(request: SignedInRequest, *, subject: str, reason: str) -> int:
    """Count and record one look at a secret; return how many are left. Raises OverLimit."""
    return _claim(request, HourlyUse.Kind.REVEAL, AccessEvent.Kind.REVEALED, subject, reason)


def claim_comparison(request: SignedInRequest, *, subject: str, same: bool) -> int:
    """Count and record one comparison with its outcome; return how many are left. Raises OverLimit."""
    outcome = "same" if same else "different"
    return _claim(request, HourlyUse.Kind.COMPARE, AccessEvent.Kind.COMPARED, subject, outcome)


def reveals_left(user: User) -> int:
    return uses_left(user, HourlyUse.Kind.REVEAL, settings.REVEALS_PER_HOUR)


def comparisons_left(user: User) -> int:
    return uses_left(user, HourlyUse.Kind.COMPARE, settings.COMPARES_PER_HOUR)


def _claim(
    request: SignedInRequest,
    use: HourlyUse.Kind,
    event: AccessEvent.Kind,
    subject: str,
    reason: str,
) -> int:
    limit = settings.REVEALS_PER_HOUR if use == HourlyUse.Kind.REVEAL else settings.COMPARES_PER_HOUR
    with transaction.atomic():
        left = claim_use(request.user, use, limit)
        if left is None:
            record(request, AccessEvent.Kind.REFUSED, subject=subject, reason=f"hourly limit: {use}")
            tell_security(request.user)
        else:
            record(request, event, subject=subject, reason=reason)
            if is_unusual(request.user):
                tell_security(request.user)
    if left is None:
        raise OverLimit(
            _("You have used up the %(limit)s of this hour. Please go on in an hour.") % {"limit": limit}
        )
    return left


# --- Unusually many ------------------------------------------------------------------------------
def is_unusual(user: User, now: datetime | None = None) -> bool:
    """Whether the last 24 hours hold far more looks than the person's usual day of work."""
    return user.pk in unusual_among([user.pk], now)


def unusual_among(users: Iterable[int], now: datetime | None = None) -> set[int]:
    """Those of these accounts (keys) who looked unusually often; one query.

    Usual is the average over those of the 30 days before on which there was any.
    """
    now = now or timezone.now()
    looks = AccessEvent.objects.filter(
        user__in=list(users), kind=AccessEvent.Kind.REVEALED, at__gt=now - DAY * (DAYS_COMPARED + 1)
    )
    lately: Counter[int] = Counter()
    usual: defaultdict[int, Counter[date]] = defaultdict(Counter)
    for user, at in looks.values_list("user", "at"):
        if at > now - DAY:
            lately[user] += 1
        else:
            usual[user][business_day_of(at)] += 1
    return {user for user, times in lately.items() if _is_far_more(times, usual[user])}


def _is_far_more(times: int, usual: Counter[date]) -> bool:
    average = usual.total() / len(usual) if usual else 0
    return times >= FEW and times > settings.REVEALS_UNUSUAL * average


def tell_security(user: User) -> None:
    """One open notice for each security administrator about this account; it names nobody."""
    administrators = User.objects.filter(groups__name=SECURITY, is_active=True)
    kinds = (AccessEvent.Kind.REVEALED, AccessEvent.Kind.COMPARED)
    count = AccessEvent.objects.filter(user=user, kind__in=kinds, at__gt=timezone.now() - DAY).count()
    notify(
        administrators.order_by("pk"),
        kind="accounts.reveals",
        key=str(user.pk),
        words=gettext_noop(
            "One account looked at or compared unusually many secrets: %(count)s in 24 hours."
        ),
        values={"count": count},
        address=reverse("accounts:user", args=[user.pk]),
    )
