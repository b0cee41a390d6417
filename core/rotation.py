"""Write every secret anew under the current keys, a thousand at a time, and every stored file.

Each batch is a transaction of its own and what is left is found by its key ids, so a rotation that
was cut off goes on where it stopped, and two at once share the work.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from psycopg2.extras import execute_values

from core.files import FileUnreadable, encrypt_anew
from core.models import Secret, StoredFile
from core.secrets import CANARY_FIELD, Plain, check_canaries, check_keys, prepare_many, reveal_many

BATCH = 1000

_UPDATE = """
UPDATE core_secret AS held SET ciphertext = new.ciphertext, key_id = new.key_id,
    keyed_hash = new.keyed_hash, hash_key_id = new.hash_key_id
FROM (VALUES %s) AS new (id, ciphertext, key_id, keyed_hash, hash_key_id) WHERE held.id = new.id
"""


def left_to_rotate() -> QuerySet[Secret]:
    """Secrets that are not under both current keys."""
    current = Q(key_id=settings.CURRENT_FIELD_KEY, hash_key_id=settings.CURRENT_HASH_KEY)
    return Secret.objects.exclude(field=CANARY_FIELD).exclude(current)


def rotate(*, batch: int = BATCH, told: Callable[[int], None] = lambda done: None) -> int:
    """Rotate what is left; return how many. Canaries of keys no longer used go last."""
    check_keys()
    done, last = 0, 0
    while True:
        changed, last = _rotate_batch(after=last, batch=batch)
        if not changed:
            break
        done += changed
        told(done)
    if not left_to_rotate().exists() and not files_to_rotate().exists():
        _drop_old_canaries()
    return done


def files_to_rotate() -> QuerySet[StoredFile]:
    """Encrypted files whose content is there and not under the current key."""
    held = StoredFile.objects.filter(erased_at=None).exclude(key_id="")
    return held.exclude(key_id=settings.CURRENT_FIELD_KEY)


def rotate_files(*, told: Callable[[int], None] = lambda done: None) -> tuple[int, list[int]]:
    """Encrypt every file anew; return how many, and the keys of those that cannot be read.

    Each file is done or not: a rotation that was cut off goes on with what is left.
    """
    done, unreadable = 0, []
    for row in files_to_rotate().order_by("pk").iterator(BATCH):
        try:
            done += encrypt_anew(row)
        except FileUnreadable:
            unreadable.append(row.pk)
        else:
            told(done)
    return done, unreadable


@transaction.atomic
def _rotate_batch(*, after: int, batch: int) -> tuple[int, int]:
    """Rotate the next rows after the key `after`; return their number and the last key."""
    locked = left_to_rotate().filter(pk__gt=after).select_for_update(skip_locked=True)
    rows = list(locked.order_by("pk")[:batch])
    if not rows:
        return 0, after
    plains = [
        Plain(row.subject_table, row.field, row.subject_id, plain)
        for row, plain in zip(rows, reveal_many(rows), strict=True)
    ]
    fresh = [
        (old.pk, new.ciphertext, new.key_id, new.keyed_hash, new.hash_key_id)
        for old, new in zip(rows, prepare_many(plains), strict=True)
    ]
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, _UPDATE, fresh, page_size=batch)
    return len(rows), rows[-1].pk


def _drop_old_canaries() -> None:
    check_canaries()
    current = Q(key_id=settings.CURRENT_FIELD_KEY, hash_key_id=settings.CURRENT_HASH_KEY)
    Secret.objects.filter(field=CANARY_FIELD).exclude(current).delete()
