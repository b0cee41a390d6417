"""The lock of an account: five tries in fifteen minutes, counted by the database in one statement.

A try is claimed before the password is looked at, so of any number of guesses at the same moment
five are evaluated. Unknown names are counted alike; tries during a lock do not lengthen it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

TRIES = 5
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)

_CLAIM = """
INSERT INTO accounts_signinattempts AS held (name_hash, tried_at, locked_until)
VALUES (%(name)s, ARRAY[%(now)s::timestamptz], NULL)
ON CONFLICT (name_hash) DO UPDATE SET
    tried_at = ARRAY(SELECT t FROM unnest(held.tried_at) t WHERE t > %(since)s) || %(now)s::timestamptz,
    locked_until = CASE
        WHEN (SELECT count(*) FROM unnest(held.tried_at) t WHERE t > %(since)s) + 1 >= %(tries)s
        THEN %(until)s::timestamptz
    END
WHERE held.locked_until IS NULL OR held.locked_until <= %(now)s
RETURNING 1
"""

_GIVE_BACK = """
UPDATE accounts_signinattempts SET tried_at = array_remove(tried_at, %(now)s::timestamptz),
    locked_until = NULL
WHERE name_hash = %(name)s
"""


def claim_try(name_hash: bytes, now: datetime) -> bool:
    """Count one try; False when the name is locked and the password must not be looked at."""
    values: dict[str, Any] = {
        "name": name_hash,
        "now": now,
        "since": now - WINDOW,
        "until": now + LOCK,
        "tries": TRIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return cursor.fetchone() is not None


def give_back(name_hash: bytes, now: datetime) -> None:
    """The try was right: it does not count, and the lock that it may have closed opens."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"name": name_hash, "now": now})


def forget_old_tries() -> int:
    """Remove what no longer counts; for the timetable."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_signinattempts WHERE COALESCE(locked_until, %(now)s) <= %(now)s"
            " AND NOT %(since)s::timestamptz < ANY (tried_at)",
            {"now": now, "since": now - WINDOW},
        )
        return cursor.rowcount
