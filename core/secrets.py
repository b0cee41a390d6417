"""The one door to encrypted values: seal, reveal, compare by keyed hash.

AES-256-GCM with table, field and subject as associated data; the hash is HMAC-SHA256 with a key
of its own over the field and the normalised value. A canary for each pair of keys is opened before
the first use in a process, so that a wrong key never writes and never reads.
"""

import base64
import binascii
import hashlib
import hmac
import io
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection
from django.utils.translation import gettext as _

from core.models import Secret

logger = logging.getLogger(__name__)

FIELDS = ("id_number", "certificate", "account", "phone", "diagnosis", "file_key")
NONCE_BYTES = 12
KEY_BYTES = 32
CANARY_TABLE = "core_secret"
CANARY_FIELD = "canary"
CANARY_TEXT = "the keys of this database open this sentence"


class SecretError(Exception):
    """A key is missing or wrong, or a sealed value was moved or changed."""


@dataclass(frozen=True)
class Plain:
    """A value to seal: whose it is, which field, the normalised text, the days it holds."""

    table: str
    field: str
    subject_id: int
    plain: str
    valid_from: date | None = None
    valid_to: date | None = None


class Sealed(NamedTuple):
    """A row of `core.Secret` without the weight of a model: for tens of thousands at once."""

    subject_table: str
    field: str
    subject_id: int
    ciphertext: bytes
    key_id: str
    keyed_hash: bytes
    hash_key_id: str
    valid_from: date | None = None
    valid_to: date | None = None
    pk: int | None = None


# --- Keys -------------------------------------------------------------------------------------
def _key_bytes(keys: dict[str, str], key_id: str, name: str) -> bytes:
    text = keys.get(key_id)
    if not text:
        raise SecretError(
            _("The key “%(key)s” is missing from %(setting)s. Put the key file back, then start again.")
            % {"key": key_id, "setting": name}
        )
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SecretError(
            _("The key “%(key)s” in %(setting)s is not 32 bytes in base64.")
            % {"key": key_id, "setting": name}
        )
    return key


@lru_cache(maxsize=32)
def _cipher_of(key: bytes) -> AESGCM:
    return AESGCM(key)


def _cipher(key_id: str) -> AESGCM:
    return _cipher_of(_key_bytes(settings.FIELD_KEYS, key_id, "FIELD_KEYS"))


def hash_key(key_id: str) -> bytes:
    """The bytes of a hash key; SecretError when it is missing."""
    return _key_bytes(settings.HASH_KEYS, key_id, "HASH_KEYS")


def _bound_to(table: str, field: str, subject_id: int) -> bytes:
    return f"{table}|{field}|{subject_id}".encode()


# --- Hashes -----------------------------------------------------------------------------------
def _hash_with(key_id: str, field: str, plain: str) -> bytes:
    return hmac.digest(hash_key(key_id), f"{field}|{plain}".encode(), hashlib.sha256)


def keyed_hash(field: str, plain: str) -> bytes:
    """The hash by which equal values of `field` are found; `plain` is already normalised."""
    return _hash_with(settings.CURRENT_HASH_KEY, field, plain)


def keyed_hashes(field: str, plain: str) -> list[bytes]:
    """The hashes under every known key: what to look for while a rotation is under way."""
    return [_hash_with(key_id, field, plain) for key_id in settings.HASH_KEYS]


def holds(secret: Secret, plain: str) -> bool:
    """Whether the secret is this value, by its keyed hash and in constant time; nothing is opened."""
    check_keys()
    return hmac.compare_digest(_hash_with(secret.hash_key_id, secret.field, plain), bytes(secret.keyed_hash))


# --- Sealing ----------------------------------------------------------------------------------
def prepare_many(rows: Iterable[Plain]) -> list[Secret]:
    """The secrets of `rows`, unsaved and in order; the caller inserts them."""
    check_keys()
    return _prepare(rows)


def _prepare(rows: Iterable[Plain]) -> list[Secret]:
    return [Secret(**sealed._asdict()) for sealed in _seal(rows)]


def sealed_many(rows: Iterable[Plain]) -> list[Sealed]:
    """The values of `rows` sealed, in order, for statements that write them set-wise."""
    check_keys()
    return _seal(rows)


def _seal(rows: Iterable[Plain]) -> list[Sealed]:
    key_id, hash_key_id = settings.CURRENT_FIELD_KEY, settings.CURRENT_HASH_KEY
    cipher, own_hash_key = _cipher(key_id), hash_key(hash_key_id)
    return [
        Sealed(
            row.table,
            row.field,
            row.subject_id,
            _encrypt(cipher, row.plain, _bound_to(row.table, row.field, row.subject_id)),
            key_id,
            hmac.digest(own_hash_key, f"{row.field}|{row.plain}".encode(), hashlib.sha256),
            hash_key_id,
            row.valid_from,
            row.valid_to,
        )
        for row in rows
    ]


def _encrypt(cipher: AESGCM, plain: str, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain.encode(), bound_to)


def seal(*, table: str, field: str, subject_id: int, plain: str, valid_from: date | None = None) -> Secret:
    """Store one value encrypted and return its row."""
    (secret,) = prepare_many([Plain(table, field, subject_id, plain, valid_from)])
    secret.save(force_insert=True)
    return secret


def seal_many(rows: Iterable[Plain]) -> list[int]:
    """Store many values through COPY; return their keys in the order of `rows`."""
    rows = list(rows)
    if not rows:
        return []
    table = connection.ops.quote_name(Secret._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Secret._meta.db_table, len(rows)],
        )
        keys = [key for (key,) in cursor.fetchall()]
        lines = io.StringIO(copy_text(rows, keys))
        cursor.copy_expert(f"COPY {table} ({', '.join(COPY_COLUMNS)}) FROM STDIN", lines)
    return keys


def copy_text(rows: Iterable[Plain], keys: Sequence[int]) -> str:
    """The lines of COPY text (`COPY_COLUMNS`) that store `rows` under keys taken from the sequence."""
    return "".join(_copy_line(key, sealed) for key, sealed in zip(keys, sealed_many(rows), strict=True))


NULL = "\\N"
COPY_COLUMNS = (
    "id",
    "subject_table",
    "field",
    "subject_id",
    "ciphertext",
    "key_id",
    "keyed_hash",
    "hash_key_id",
    "valid_from",
    "valid_to",
)


def _copy_line(key: int, sealed: Sealed) -> str:
    """One line of COPY text. Table, field and key names are the project's own words: no escapes."""
    return (
        f"{key}\t{sealed.subject_table}\t{sealed.field}\t{sealed.subject_id}"
        f"\t\\\\x{sealed.ciphertext.hex()}\t{sealed.key_id}"
        f"\t\\\\x{sealed.keyed_hash.hex()}\t{sealed.hash_key_id}"
        f"\t{sealed.valid_from or NULL}\t{sealed.valid_to or NULL}\n"
    )


# --- Opening ----------------------------------------------------------------------------------
def reveal(secret: Secret) -> str:
    """The plain value; who may ask is the caller's question."""
    check_keys()
    return _open(secret)


def reveal_many(secrets: Sequence[Secret | Sealed]) -> list[str]:
    """The plain values of `secrets`, in order."""
    check_keys()
    return [_open(secret) for secret in secrets]


def _open(secret: Secret | Sealed) -> str:
    sealed = bytes(secret.ciphertext)
    bound_to = _bound_to(secret.subject_table, secret.field, secret.subject_id)
    try:
        plain = _cipher(secret.key_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise SecretError(
            _("Secret %(id)s does not open: the key “%(key)s” is another one, or the row was changed.")
            % {"id": secret.pk, "key": secret.key_id}
        ) from None
    return plain.decode()


# --- The canary -------------------------------------------------------------------------------
_proven: set[tuple[object, ...]] = set()


def _fingerprint() -> tuple[object, ...]:
    return (
        connection.settings_dict["NAME"],
        settings.CURRENT_FIELD_KEY,
        settings.CURRENT_HASH_KEY,
        tuple(settings.FIELD_KEYS.items()),
        tuple(settings.HASH_KEYS.items()),
    )


def check_keys() -> None:
    """Refuse to work unless the keys open every canary; asked of the database once a process."""
    fingerprint = _fingerprint()
    if fingerprint not in _proven and check_canaries():
        _proven.add(fingerprint)


def refuse_wrong_keys() -> None:
    """For the start of a server or worker: raise the sentence; a database not yet there may come."""
    try:
        check_keys()
    except (OperationalError, ProgrammingError):
        logger.warning("the keys could not be checked: the database does not answer yet")


def check_canaries() -> bool:
    """Open the canary of each pair of keys in use; write the one of the current pair when it is new.

    True when it stood already: one written just now may still be rolled back with its transaction.
    """
    pairs = set()
    for canary in Secret.objects.filter(field=CANARY_FIELD):
        pairs.add((canary.key_id, canary.hash_key_id))
        _prove(canary)
    stood = (settings.CURRENT_FIELD_KEY, settings.CURRENT_HASH_KEY) in pairs
    if not stood:
        _release_canary()
    return stood


def _prove(secret: Secret) -> None:
    """Raise unless the keys named by `secret` open it and give its hash."""
    if bytes(secret.keyed_hash) != _hash_with(secret.hash_key_id, secret.field, _open(secret)):
        raise SecretError(
            _("The keys “%(field)s” and “%(hash)s” are not the ones this database was written with.")
            % {"field": secret.key_id, "hash": secret.hash_key_id}
        )


def _release_canary() -> None:
    """Write the canary of the current keys, once they open what may stand under their names already."""
    for name, key in (("key_id", settings.CURRENT_FIELD_KEY), ("hash_key_id", settings.CURRENT_HASH_KEY)):
        earlier = Secret.objects.filter(**{name: key}).first()
        if earlier is not None:
            _prove(earlier)
    canary = _prepare([Plain(CANARY_TABLE, CANARY_FIELD, 0, CANARY_TEXT)])
    Secret.objects.bulk_create(canary, ignore_conflicts=True)
