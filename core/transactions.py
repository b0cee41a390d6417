"""Numbers of transactions: in which one an audit row was written, and below which all have ended.

Keys are given out in another order than transactions commit. The number of the transaction says
when a row is final: below the horizon every transaction has ended, and no row can come any more.
PostgreSQL counts them; after a restore into another server its count begins lower, so an offset
inside the two functions carries on where the restored rows ended.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Func

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION core_transaction() RETURNS bigint LANGUAGE sql STABLE
AS $$ SELECT pg_current_xact_id()::text::bigint + {offset} $$;

-- The first transaction that still runs, or the next one to come. A transaction of another database
-- of the server holds nothing up; one about which nothing is known counts as ours.
CREATE OR REPLACE FUNCTION core_transaction_horizon() RETURNS bigint LANGUAGE sql STABLE
AS $$
    SELECT LEAST(
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
        pg_current_xact_id_if_assigned()::text::bigint,
        (SELECT min(running::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
         WHERE NOT EXISTS (
            SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
                AND transactionid::text::bigint = running::text::bigint % 4294967296
                AND datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
         ))
    ) + {offset}
$$;
"""
DROP_FUNCTIONS = "DROP FUNCTION core_transaction_horizon(); DROP FUNCTION core_transaction();"


class TransactionNumber(Func):
    """The number of the transaction that writes; the default of its column."""

    function = "core_transaction"
    output_field = models.BigIntegerField()


def functions(offset: int = 0) -> str:
    """The two functions, counting from `offset` on."""
    return _FUNCTIONS.format(offset=int(offset))


def carry_on(cursor: Any, tables: Iterable[str]) -> int:
    """Raise the offset until new numbers lie above all that `tables` and the seals hold.

    For the owner, after a restore. Returns by how much; 0 when nothing had to be done.
    """
    cursor.execute("SELECT COALESCE(max(horizon), 0) FROM core_seal")
    highest = cursor.fetchone()[0]
    for table in tables:
        cursor.execute(
            f'SELECT max(transaction_number) FROM "{table}" WHERE transaction_number >= %s',
            [highest],
        )
        highest = max(highest, cursor.fetchone()[0] or 0)
    cursor.execute("SELECT core_transaction(), core_transaction() - pg_current_xact_id()::text::bigint")
    now, offset = cursor.fetchone()
    if now >= highest:
        return 0
    cursor.execute(functions(offset + highest - now + 1))
    return int(highest - now + 1)
