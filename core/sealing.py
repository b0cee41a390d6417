"""Seal the audit: a digest over all rows that became final since the last one, chained to it.

A row is final once every transaction up to its own has ended, so each row falls between exactly two
horizons, in whatever order transactions commit. The chain is an HMAC with a key that is not in the
database, and each digest is also noted in a file: whoever may write every table can still not make
changed rows, or a chain that was cut off, look whole.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import connection, connections, models, transaction
from django.utils import timezone

from core.models import Seal
from core.secrets import hash_key
from core.transactions import carry_on

log = structlog.get_logger(__name__)

_LOCK = 26_000_000
# Rows of one piece: pieces are digested one by one, so that memory does not grow with an import.
_PIECE = 10_000

_DIGESTS = """
SELECT seal, sum(rows)::bigint, min(first), max(last),
    encode(sha256(string_agg(digest, ''::bytea ORDER BY piece)), 'hex')
FROM (
    SELECT seal, id / {piece} AS piece, count(*) AS rows, min(id) AS first, max(id) AS last,
        sha256(string_agg(digest, ''::bytea ORDER BY id)) AS digest
    FROM (
        SELECT id, width_bucket(transaction_number, %(horizons)s::bigint[]) AS seal,
            sha256(convert_to(ROW({columns})::text, 'UTF8')) AS digest
        FROM {table} WHERE transaction_number >= %(first)s AND transaction_number < %(end)s
    ) AS digested GROUP BY seal, id / {piece}
) AS pieces GROUP BY seal
"""


@dataclass(frozen=True)
class Part:
    """What one seal says of one table."""

    columns: tuple[str, ...]
    rows: int = 0
    first: int | None = None
    last: int | None = None
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "rows": self.rows,
            "first": self.first,
            "last": self.last,
            "digest": self.digest,
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Part":
        return cls(tuple(kept["columns"]), kept["rows"], kept["first"], kept["last"], kept["digest"])


# --- What is sealed ------------------------------------------------------------------------------
def sealed_models() -> dict[str, type[models.Model]]:
    """Table -> model of everything that belongs to the audit."""
    found = (model for model in apps.get_models() if getattr(model, "SEALED", False))
    return {model._meta.db_table: model for model in sorted(found, key=lambda model: model._meta.db_table)}


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(str(field.column) for field in model._meta.concrete_fields)


def digests(model: type[models.Model], columns: Sequence[str], horizons: Sequence[int]) -> dict[int, Part]:
    """For each pair of neighbouring `horizons` (counted from 0) the digest of the rows between.

    The text of a row is the same on every server: moments are microseconds, bytes are hex, JSON is
    what PostgreSQL keeps. One scan, whatever the number of seals.
    """
    statement = _DIGESTS.format(
        piece=_PIECE,
        table=connection.ops.quote_name(model._meta.db_table),
        columns=", ".join(_text_of(model, column) for column in columns),
    )
    values: dict[str, Any] = {"horizons": list(horizons), "first": horizons[0], "end": horizons[-1]}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {seal - 1: Part(tuple(columns), *found) for seal, *found in cursor.fetchall()}


def _text_of(model: type[models.Model], column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    name = connection.ops.quote_name(column)
    if isinstance(field, models.DateTimeField):
        return f"(EXTRACT(EPOCH FROM {name}) * 1000000)::bigint"
    if isinstance(field, models.BinaryField):
        return f"encode({name}, 'hex')"
    return name


# --- The chain -----------------------------------------------------------------------------------
def digest_of(seal: Seal) -> str:
    """The HMAC over everything a seal says and the digest before it; SecretError without the key."""
    said = [
        seal.number,
        _microseconds(seal.sealed_at),
        seal.from_transaction,
        seal.horizon,
        seal.parts,
        seal.pruned,
        seal.previous,
        seal.key_id,
    ]
    message = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(_key(seal.key_id), message, hashlib.sha256).hexdigest()


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _key(key_id: str) -> bytes:
    """The sealing key that belongs to a hash key of the installation."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"core.sealing").derive(hash_key(key_id))


def seal_now(*, pruned: dict[str, int] | None = None) -> Seal | None:
    """Seal what has become final; None when that is nothing. Two at once: one waits for the other."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SELECT core_transaction_horizon()")
            horizon = cursor.fetchone()[0]
        last = Seal.objects.order_by("number").last()
        begin = last.horizon if last else 0
        if horizon <= begin and pruned is None:
            return None
        parts = _parts(begin, max(begin, horizon))
        if pruned is None and not any(part.rows for part in parts.values()):
            return None
        made = _sealed(last, max(begin, horizon), parts, pruned)
        transaction.on_commit(lambda: note(made))
    return made


def _parts(begin: int, end: int) -> dict[str, Part]:
    if end <= begin:
        return {table: Part(columns_of(model)) for table, model in sealed_models().items()}
    return {
        table: digests(model, columns_of(model), [begin, end]).get(0, Part(columns_of(model)))
        for table, model in sealed_models().items()
    }


def _sealed(last: Seal | None, horizon: int, parts: dict[str, Part], pruned: dict[str, int] | None) -> Seal:
    made = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=timezone.now(),
        from_transaction=last.horizon if last else 0,
        horizon=horizon,
        parts={table: part.as_json() for table, part in parts.items()},
        pruned=(last.pruned if last else {}) | (pruned or {}),
        previous=last.digest if last else "",
        key_id=settings.CURRENT_HASH_KEY,
    )
    made.digest = digest_of(made)
    made.save(force_insert=True)
    return made


def carry_on_after_restore(using: str = "default", **_: Any) -> int:
    """As the owner, after each migrate: let new rows lie above those that another server wrote."""
    with connections[using].cursor() as cursor:
        # Between two migrations a table stands there without its number.
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND column_name IN ('transaction_number', 'horizon')"
        )
        numbered = {name for (name,) in cursor.fetchall()}
        if not numbered >= {Seal._meta.db_table, *sealed_models()}:
            return 0
        return carry_on(cursor, sealed_models())


# --- The note outside the database --------------------------------------------------------------
def note(seal: Seal) -> None:
    """Write the digest where the database cannot reach: into the file of seals and the log."""
    log.info("audit_sealed", seal=seal.number, digest=seal.digest)
    _append({"seal": seal.number, "at": seal.sealed_at.isoformat(), "digest": seal.digest})


def note_restart(why: str, number: int) -> None:
    """What was noted above this number no longer counts: a backup was restored, a demonstration cleared."""
    log.warning("audit_chain_restarted", why=why, seal=number)
    _append({"restart": why, "at": timezone.now().isoformat(), "seal": number})


def _append(said: dict[str, Any]) -> None:
    line = {"database": connection.settings_dict["NAME"]} | said
    place = Path(settings.SEAL_FILE)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        log.exception("seal_not_noted", error=type(error).__name__)


def noted() -> dict[int, str]:
    """Seal -> digest as the file knows them for this database, without what a restart made void."""
    found: dict[int, str] = {}
    for line in _lines(Path(settings.SEAL_FILE)):
        said = json.loads(line)
        if said.get("database") != connection.settings_dict["NAME"]:
            continue
        if "restart" in said:
            found = {number: digest for number, digest in found.items() if number <= said["seal"]}
        else:
            found[said["seal"]] = said["digest"]
    return found


def _lines(place: Path) -> Iterable[str]:
    try:
        return [line for line in place.read_text().splitlines() if line.endswith("}")]
    except OSError:
        return []
