"""Counts over a whole county, kept until something is written.

What is kept hangs on who may see what and on the state of the database: the last change and row of
the history, how many of the last changes are committed, the last assessment, the open doubts. Only
numbers are kept.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection

SECONDS = 600
Counts = TypeVar("Counts")

# A long transaction may commit a change with a smaller number late; then the count differs.
_STATE = """
SELECT c.id, c.at, (SELECT count(*) FROM core_change r WHERE r.id > c.id - 500),
       (SELECT max(id) FROM core_rowhistory),
       (SELECT max(finished_at) FROM standards_assessment),
       (SELECT count(*) FROM standards_doubt WHERE closed_at IS NULL)
FROM core_change c ORDER BY c.id DESC LIMIT 1
"""


def kept(user: Any, parts: tuple[Any, ...], count: Callable[[], Counts]) -> Counts:
    """The counts named by `parts` as `user` sees them, counted anew after any write."""
    scope = (user.pk, user.area_prefixes(), user.household_ids())
    named = (connection.settings_dict["NAME"], scope, parts, _state())
    key = "counts." + hashlib.sha256(repr(named).encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found


def _state() -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return cursor.fetchone()
