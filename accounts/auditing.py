"""The daily check of the audit's seals, and the end of events whose time of keeping is over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import AccessEvent
from accounts.queries import people_with
from core import sealing
from core.models import Seal, SealCheck
from core.notices import close_notices, notify
from core.verifying import verify

NOTICE = "core.audit_broken"
WORDS = gettext_noop("The audit does not hold from seal %(seal)s on. Do not change anything; call for help.")


def check_seals() -> SealCheck:
    """Recompute the chain; tell everybody who reads the audit when it is broken."""
    found = verify()
    if found.is_whole:
        close_notices(kind=NOTICE)
    else:
        values = {"seal": found.broken_seal}
        notify(people_with("view_audit"), kind=NOTICE, key="", words=WORDS, values=values, address=_page())
    return found


def _page() -> str:
    try:
        return reverse("desk:audit-seals")
    except NoReverseMatch:
        return ""


def prune_events(now: datetime | None = None) -> int:
    """As the owner: remove events under seals older than `AUDIT_DAYS`; return how many.

    Only whole seals are emptied, and a new seal says so under the key, so the chain can still be
    verified. Changes and their rows stay as long as the facts: they are the history of the register.
    """
    over = (now or timezone.now()) - timedelta(days=settings.AUDIT_DAYS)
    newest = Seal.objects.filter(sealed_at__lt=over).order_by("-number").first()
    table = AccessEvent._meta.db_table
    if newest is None or newest.horizon <= newest.pruned.get(table, 0):
        return 0
    rows = AccessEvent.objects.filter(transaction_number__lt=newest.horizon)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL core.pruning = 'on'")
        removed = rows._raw_delete(rows.db)
        sealing.seal_now(pruned={table: newest.horizon})
    return int(removed)
