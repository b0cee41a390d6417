"""What one person may do so many times an hour: counted by the database in one statement.

A use is claimed before the thing is done, so of any number of requests at the same moment exactly
as many as are left get through.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import HourlyUse, User

HOUR = timedelta(hours=1)

_CLAIM = """
INSERT INTO accounts_hourlyuse AS held (user_id, kind, used_at)
VALUES (%(user)s, %(kind)s, ARRAY[%(now)s::timestamptz])
ON CONFLICT (user_id, kind) DO UPDATE SET
    used_at = ARRAY(SELECT t FROM unnest(held.used_at) t WHERE t > %(since)s) || %(now)s::timestamptz
WHERE (SELECT count(*) FROM unnest(held.used_at) t WHERE t > %(since)s) < %(limit)s
RETURNING cardinality(used_at)
"""


def claim_use(user: User, kind: HourlyUse.Kind, limit: int) -> int | None:
    """Count one use; return how many are left in this hour, None when there was none left."""
    if limit < 1:
        return None
    now = timezone.now()
    values: dict[str, Any] = {"user": user.pk, "kind": kind, "now": now, "since": now - HOUR, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return None if row is None else limit - int(row[0])


def uses_left(user: User, kind: HourlyUse.Kind, limit: int) -> int:
    """How many uses are left in this hour; nothing is counted by asking."""
    held = HourlyUse.objects.filter(user=user, kind=kind).first()
    since = timezone.now() - HOUR
    used = sum(moment > since for moment in held.used_at) if held else 0
    return max(limit - used, 0)
