"""Recompute the whole chain of seals and name the first thing that does not hold."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from core import sealing
from core.models import Seal, SealCheck
from core.sealing import Part
from core.secrets import SecretError

CHUNK = 500
# A row is written at most so long before it becomes final: a day, more than any job may take.
LONGEST_TRANSACTION = timedelta(days=1)

_STRAYS = """
SELECT width_bucket(r.transaction_number, %(horizons)s::bigint[]) AS seal, min(r.id), max(r.id)
FROM core_rowhistory r
LEFT JOIN core_change c ON c.id = r.change_id AND c.transaction_number = r.transaction_number
WHERE r.transaction_number >= %(first)s AND r.transaction_number < %(end)s AND c.id IS NULL
GROUP BY 1 ORDER BY 1 LIMIT 1
"""
_BACKDATED = """
SELECT seal, min(id), max(id) FROM (
    SELECT id, at, width_bucket(transaction_number, %(horizons)s::bigint[]) AS seal FROM {table}
    WHERE transaction_number >= %(first)s AND transaction_number < %(end)s
) AS rows WHERE at < (%(earliest)s::timestamptz[])[seal] GROUP BY 1 ORDER BY 1 LIMIT 1
"""


class Fault(StrEnum):
    """What can be wrong with a seal."""

    CHAIN = "chain"  # a seal is missing, was added, or does not follow the one before
    DIGEST = "digest"  # a seal was changed, or its key is another one
    KEY = "key"  # the key it was made with is not among the keys
    ROWS = "rows"  # rows of the audit were changed, removed or added
    STRAY = "stray"  # a row of history belongs to no change of its transaction
    BACKDATED = "backdated"  # a row claims a time before the last seal
    NOTED = "noted"  # the file of seals knows another digest, or a seal that is gone


@dataclass(frozen=True)
class Finding:
    """The first fault: in which seal, which table and between which keys."""

    fault: Fault
    seal: int
    table: str = ""
    first: int | None = None
    last: int | None = None


def verify() -> SealCheck:
    """Recompute every seal; save and return what was found."""
    begun = time.monotonic()
    seals = list(Seal.objects.order_by("number"))
    finding = min(_findings(seals), key=lambda found: found.seal, default=None)
    return SealCheck.objects.create(
        at=timezone.now(),
        seconds=time.monotonic() - begun,
        seals=len(seals),
        rows=sum(part["rows"] for seal in seals for part in seal.parts.values()),
        last_digest=seals[-1].digest if seals else "",
        broken_seal=finding.seal if finding else None,
        table=finding.table if finding else "",
        first_row=finding.first if finding else None,
        last_row=finding.last if finding else None,
        fault=finding.fault if finding else "",
    )


def _findings(seals: Sequence[Seal]) -> Iterator[Finding]:
    """The first fault of each kind of question; the caller takes the earliest seal."""
    for question in (_chain, _rows, _noted):
        yield from [found for found in [next(question(seals), None)] if found]


def _chain(seals: Sequence[Seal]) -> Iterator[Finding]:
    previous, horizon = "", 0
    for expected, seal in enumerate(seals, 1):
        if (seal.number, seal.previous, seal.from_transaction) != (expected, previous, horizon):
            yield Finding(Fault.CHAIN, expected)
        try:
            if sealing.digest_of(seal) != seal.digest:
                yield Finding(Fault.DIGEST, seal.number)
        except SecretError:
            yield Finding(Fault.KEY, seal.number)
        previous, horizon = seal.digest, seal.horizon


def _noted(seals: Sequence[Seal]) -> Iterator[Finding]:
    held = {seal.number: seal.digest for seal in seals}
    for number, digest in sorted(sealing.noted().items()):
        if held.get(number) != digest:
            yield Finding(Fault.NOTED, number)


def _rows(seals: Sequence[Seal]) -> Iterator[Finding]:
    pruned = seals[-1].pruned if seals else {}
    yield from _before_the_first(pruned)
    earliest = None
    for start in range(0, len(seals), CHUNK):
        chunk = seals[start : start + CHUNK]
        yield from sorted(_of_chunk(chunk, pruned, earliest), key=lambda found: found.seal)[:1]
        earliest = chunk[-1]


def _before_the_first(pruned: dict[str, int]) -> Iterator[Finding]:
    """Rows that the job of keeping removed do not come back."""
    for table, end in pruned.items():
        model = sealing.sealed_models()[table]
        found = model._default_manager.filter(transaction_number__lt=end).order_by("pk").first()
        if found:
            yield Finding(Fault.ROWS, 1, table, found.pk, found.pk)


def _of_chunk(chunk: Sequence[Seal], pruned: dict[str, int], before: Seal | None) -> Iterator[Finding]:
    horizons = [chunk[0].from_transaction, *(seal.horizon for seal in chunk)]
    if any(low > high for low, high in pairwise(horizons)):
        return  # the chain says so already
    for table in sealing.sealed_models():
        for columns, together in groupby(chunk, key=lambda seal: _part(seal, table).columns):
            if columns:
                yield from _differing(table, list(together), columns, pruned.get(table, 0))
    yield from _claims(chunk, horizons, before)


def _part(seal: Seal, table: str) -> Part:
    kept = seal.parts.get(table)
    return Part.read(kept) if kept else Part(())


def _differing(
    table: str, seals: list[Seal], columns: tuple[str, ...], pruned_below: int
) -> Iterator[Finding]:
    model = sealing.sealed_models()[table]
    horizons = [seals[0].from_transaction, *(seal.horizon for seal in seals)]
    found = sealing.digests(model, columns, horizons)
    for place, seal in enumerate(seals):
        if seal.horizon <= pruned_below:
            continue
        held, expected = found.get(place, Part(columns)), _part(seal, table)
        if held != expected:
            keys = [key for key in (held.first, held.last, expected.first, expected.last) if key is not None]
            yield Finding(Fault.ROWS, seal.number, table, min(keys), max(keys))
            return


def _claims(chunk: Sequence[Seal], horizons: list[int], before: Seal | None) -> Iterator[Finding]:
    """Rows written late under an older name: by their change, or by the time they claim."""
    values = {
        "horizons": horizons,
        "first": horizons[0],
        "end": horizons[-1],
        # Nothing lies before the first seal of all.
        "earliest": [
            seal.sealed_at - LONGEST_TRANSACTION if seal else datetime(1, 1, 1, tzinfo=UTC)
            for seal in [before, *chunk[:-1]]
        ],
    }
    yield from _asked(Fault.STRAY, "core_rowhistory", _STRAYS, values, chunk)
    for table, model in sealing.sealed_models().items():
        if any(field.name == "at" for field in model._meta.concrete_fields):
            statement = _BACKDATED.format(table=connection.ops.quote_name(table))
            yield from _asked(Fault.BACKDATED, table, statement, values, chunk)


def _asked(
    fault: Fault, table: str, statement: str, values: dict[str, Any], chunk: Sequence[Seal]
) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for seal, first, last in cursor.fetchall():
            yield Finding(fault, chunk[seal - 1].number, table, first, last)
