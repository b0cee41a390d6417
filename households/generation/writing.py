"""The generator's way into the database: COPY, one Change, no row images."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from core import secrets
from core.changes import change

_IS_OWNER = "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE relname = %s"


def is_owner() -> bool:
    """Whether the connection belongs to the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OWNER, ["households_household"])
        return bool(cursor.fetchone()[0])


@contextmanager
def generated_change(kind: str, **details: Any) -> Iterator[None]:
    """A change whose rows keep no images: invented data needs no history. For the owner only."""
    if not is_owner():
        raise ValidationError(
            _("Invented data is written by the owner of the tables: set DATABASE_OWNER_URL.")
        )
    # Asked twice: the first call may write the canary, the second proves it.
    secrets.check_keys()
    secrets.check_keys()
    with change(kind, **details), connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(current_setting('core.row_images', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SET LOCAL core.row_images = 'off'")
        # Names are sorted into their index in larger lots.
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        # Foreign keys are checked chunk by chunk, beside the next chunk's drawing.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        cursor.execute("SELECT set_config('core.row_images', %s, true)", [before])


@contextmanager
def nothing_counted(tables: Iterable[str]) -> Iterator[None]:
    """Rows of these tables come with county, tallies and names: the triggers rest meanwhile."""
    names = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def reserve_keys(table: str, number: int) -> list[int]:
    """So many keys of a table's sequence, nobody else's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number]
        )
        return [key for (key,) in cursor.fetchall()]


def copy(table: str, columns: Sequence[str], text: str) -> None:
    """Write lines of COPY text into a table."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN", io.StringIO(text))


def analyze(tables: Iterable[str]) -> None:
    """Tell the planner what tables, or some columns of them, hold; else it scans all of a fresh one."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
