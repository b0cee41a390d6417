"""Stored files: content encrypted in pieces, named by chance, opened only through here.

Each piece is AES-256-GCM with a nonce of its own and bound to the file, its place in it and whether
it is the last, so that pieces cannot be moved, dropped or cut off.
"""

import base64
import hashlib
import os
import secrets
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.models import StoredFile
from core.models.files import random_name

PIECE = 1 << 20
_TAG = 16
_PREFIX = 8


class FileUnreadable(Exception):
    """The content is gone, was changed, or its key is missing."""


def store(
    file: IO[bytes],
    *,
    kind: str,
    user: Any,
    original_name: str = "",
    content_type: str = "",
    area_prefix: str = "",
    keep_days: int | None = 30,
    encrypt: bool = True,
) -> StoredFile:
    """Keep the content of `file`, read from its beginning; the row and the content come together."""
    file.seek(0)
    row = StoredFile(
        name=random_name(),
        kind=kind,
        original_name=Path(original_name or getattr(file, "name", "") or "").name[:255],
        content_type=content_type,
        user_id=getattr(user, "pk", None),
        area_prefix=area_prefix,
        key_id=settings.CURRENT_FIELD_KEY if encrypt else "",
        keep_until=None if keep_days is None else timezone.now() + timedelta(days=keep_days),
    )
    with tempfile.TemporaryFile() as content:
        row.sha256, row.size = _copy(file, content, row)
        content.seek(0)
        default_storage.save(row.name, File(content))
    try:
        with transaction.atomic():
            row.save()
    except Exception:
        default_storage.delete(row.name)
        raise
    return row


@contextmanager
def open_plain(row: StoredFile) -> Iterator[IO[bytes]]:
    """The plain content as a file without a name, gone when the block ends."""
    with tempfile.TemporaryFile() as plain:
        for piece in plain_pieces(row):
            plain.write(piece)
        plain.seek(0)
        yield plain


@contextmanager
def plain_path(row: StoredFile, suffix: str = "") -> Iterator[Path]:
    """The plain content at a path, for a child process; deleted when the block ends."""
    folder = Path(settings.DATA_DIR) / "plain"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=suffix, dir=folder)
    try:
        with os.fdopen(handle, "wb") as plain:
            for piece in plain_pieces(row):
                plain.write(piece)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def plain_pieces(row: StoredFile) -> Iterator[bytes]:
    """The plain content piece by piece, for a download that holds no whole file in memory."""
    if row.erased_at is not None or not default_storage.exists(row.name):
        raise FileUnreadable("The content of this file has been deleted.")
    with default_storage.open(row.name) as content:
        if not row.encrypted:
            yield from iter(lambda: content.read(PIECE), b"")
            return
        yield from _decrypted(content, row)


def erase(row: StoredFile) -> None:
    """Delete the content; the row stays and says when."""
    default_storage.delete(row.name)
    StoredFile.objects.filter(pk=row.pk, erased_at=None).update(erased_at=timezone.now(), original_name="")


def encrypt_anew(row: StoredFile) -> bool:
    """Write the content under the current key, at another place; False when it was erased meanwhile.

    The row points to the old content or to the new one, each whole; what a killed process leaves
    beside it is swept. FileUnreadable when the content cannot be read.
    """
    fresh = StoredFile(name=random_name(), key_id=settings.CURRENT_FIELD_KEY)
    with open_plain(row) as plain, tempfile.TemporaryFile() as content:
        digest, _size = _copy(plain, content, fresh)
        if digest != row.sha256:
            raise FileUnreadable("The content of this file was changed.")
        content.seek(0)
        default_storage.save(fresh.name, File(content))
    held = StoredFile.objects.filter(pk=row.pk, name=row.name, erased_at=None)
    moved = bool(held.update(name=fresh.name, key_id=fresh.key_id))
    transaction.on_commit(lambda: default_storage.delete(row.name if moved else fresh.name))
    return moved


def prune() -> int:
    """Erase every file whose time is over, and what killed processes left; return how many files."""
    rows = list(StoredFile.objects.overdue())
    for row in rows:
        erase(row)
    _sweep_ownerless()
    day_ago = timezone.now().timestamp() - 24 * 3600
    for left in (Path(settings.DATA_DIR) / "plain").glob("*"):
        if left.stat().st_mtime < day_ago:
            left.unlink(missing_ok=True)
    return len(rows)


def _sweep_ownerless() -> None:
    """Delete content that no row points to: of a killed upload, rotation or clearing, a day old."""
    day_ago = timezone.now() - timedelta(days=1)
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    for folder in folders:
        names = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        owned = StoredFile.objects.filter(name__in=names, erased_at=None).values_list("name", flat=True)
        for name in names.difference(owned):
            if default_storage.get_modified_time(name) < day_ago:
                default_storage.delete(name)


# --- Pieces ----------------------------------------------------------------------------------
def _copy(file: IO[bytes], content: IO[bytes], row: StoredFile) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    cipher = _cipher(row.key_id) if row.encrypted else None
    prefix = secrets.token_bytes(_PREFIX)
    if cipher:
        content.write(prefix)
    piece, number = file.read(PIECE), 0
    while piece or number == 0:
        following = file.read(PIECE)
        digest.update(piece)
        size += len(piece)
        if cipher:
            piece = cipher.encrypt(_nonce(prefix, number), piece, _bound_to(row, number, not following))
        content.write(piece)
        piece, number = following, number + 1
    return digest.hexdigest(), size


def _decrypted(content: IO[bytes], row: StoredFile) -> Iterator[bytes]:
    cipher, prefix = _cipher(row.key_id), content.read(_PREFIX)
    piece, number = content.read(PIECE + _TAG), 0
    while piece or number == 0:
        following = content.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(prefix, number), piece, _bound_to(row, number, not following))
        except (InvalidTag, ValueError) as error:
            raise FileUnreadable("The content of this file was changed.") from error
        piece, number = following, number + 1


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + struct.pack(">I", number)


def _bound_to(row: StoredFile, number: int, last: bool) -> bytes:
    return f"core_storedfile|{row.name}|{number}|{'last' if last else 'more'}".encode()


def _cipher(key_id: str) -> AESGCM:
    key = settings.FIELD_KEYS.get(key_id)
    if not key:
        raise FileUnreadable(f"The key {key_id!r} of this file is missing from FIELD_KEYS.")
    return _cipher_of(key)


@lru_cache(maxsize=8)
def _cipher_of(key: str) -> AESGCM:
    """Files have a key of their own, derived from the field key of the same name."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"core.files").derive(base64.b64decode(key))
    return AESGCM(derived)
