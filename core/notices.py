"""Tell people what waits for them: one open notice a person, kind and key, however often it is told.

`words` is an English msgid marked with `gettext_noop`, `values` fills its holes: counts, days, names
of places. Neither may hold personal data or secrets. The sentence is translated when it is shown.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from psycopg2.extras import Json

from core.models import Notice

# A notice that says the same again stays read; new words or values make it unread.
_TELL = """
INSERT INTO core_notice AS told
    (user_id, kind, key, words, "values", address, times, created_at, told_at)
SELECT person, %(kind)s, %(key)s, %(words)s, %(values)s, %(address)s, 1, %(moment)s, %(moment)s
FROM unnest(%(people)s::bigint[]) AS person
-- Always in the same order, so that two who tell the same people do not block each other.
ORDER BY person
ON CONFLICT (user_id, kind, key) WHERE closed_at IS NULL DO UPDATE SET
    words = EXCLUDED.words,
    "values" = EXCLUDED."values",
    address = EXCLUDED.address,
    times = told.times + 1,
    told_at = EXCLUDED.told_at,
    read_at = CASE WHEN (told.words, told."values") = (EXCLUDED.words, EXCLUDED."values")
        THEN told.read_at END
"""


def notify(
    users: Iterable[Any],
    *,
    kind: str,
    key: str,
    words: str,
    values: dict[str, Any] | None = None,
    address: str = "",
) -> int:
    """Tell each of `users` (accounts, or their keys); return how many. In the caller's transaction.

    `kind` is a dotted code of the app (``accounts.reveals``), `key` names the matter within it.
    Raises ValueError when `words` has a hole that `values` does not fill, or `address` leads away.
    """
    values = values or {}
    _refuse_unfit(words, values, address)
    people = {getattr(user, "pk", user) for user in users}
    told: dict[str, Any] = {
        "people": list(people),
        "kind": kind,
        "key": key,
        "words": words,
        "address": address,
    }
    if people:
        with connection.cursor() as cursor:
            cursor.execute(_TELL, told | {"values": Json(values), "moment": timezone.now()})
    return len(people)


def _refuse_unfit(words: str, values: dict[str, Any], address: str) -> None:
    try:
        words % values
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"The words {words!r} cannot be filled with these values.") from error
    if address and (not address.startswith("/") or address.startswith("//")):
        raise ValueError("A notice leads to a page of this system.")


def close_notices(*, kind: str, key: str | None = None, users: Iterable[Any] | None = None) -> int:
    """The matter is over: close its open notices, of everybody or of `users`; return how many."""
    rows = Notice.objects.open().filter(kind=kind)
    if key is not None:
        rows = rows.filter(key=key)
    if users is not None:
        rows = rows.filter(user_id__in=[getattr(user, "pk", user) for user in users])
    return rows.update(closed_at=timezone.now())


def unread_count(user: Any) -> int:
    """How many notices the person has not read; one query on a partial index."""
    return Notice.objects.visible_to(user).unread().count()


def mark_read(notices: models.QuerySet[Notice]) -> int:
    """Mark the unread ones of `notices` as read; return how many."""
    return notices.filter(read_at=None).update(read_at=timezone.now())


def tell_digest(user: Any, *, day: date, words: str, values: dict[str, Any], address: str) -> bool:
    """Tell the person in one sentence what waits on `day`; False when that was told before.

    Yesterday's digest is over with it.
    """
    _refuse_unfit(words, values, address)
    person = getattr(user, "pk", user)
    own = Notice.objects.filter(user_id=person, kind=Notice.DIGEST)
    if own.filter(key=day.isoformat()).exists():
        return False
    own.open().update(closed_at=timezone.now())
    digest = Notice(
        user_id=person, kind=Notice.DIGEST, key=day.isoformat(), words=words, values=values, address=address
    )
    # The database holds that there is one a day, also for two runs at the same moment.
    Notice.objects.bulk_create([digest], ignore_conflicts=True)
    return True


def prune() -> int:
    """Delete read and closed notices after their time of keeping; what nobody read stays longer."""
    now, kept = timezone.now(), timedelta(days=settings.NOTICES_KEPT_DAYS)
    over = models.Q(read_at__lt=now - kept) | models.Q(closed_at__lt=now - kept)
    forgotten = models.Q(told_at__lt=now - 4 * kept)
    deleted, _by_table = Notice.objects.filter(over | forgotten).delete()
    return deleted
