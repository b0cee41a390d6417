"""A backup in a first plain form: the database, the stored files, and a manifest; never the keys.

The manifest says what a restore must find again: rows of every table, values of the sequences, the
digest of every file, and the head of the audit's chain, all as of one snapshot. It carries an HMAC
with a key of the installation, so a foreign or changed one is refused.
"""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from core.models import Heartbeat, Seal, StoredFile
from core.postgres_tools import database_arguments, environment, server_version, tool
from core.secrets import hash_key

FORMAT = 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
SESSIONS = "django_session"
# The heartbeat that says when the last backup was made.
HEARTBEAT = "core.backup"


class BackupError(Exception):
    """A backup cannot be made, or is not what its manifest says; the text says what to do."""


def make_backup(folder: Path) -> dict[str, Any]:
    """Write a backup into `folder`, which must be new or empty; return its manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Name a new folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = timezone.now()
    with _snapshot() as name:
        manifest = {"format": FORMAT, "made_at": begun.isoformat(), **_state()}
        _dump(folder / DUMP, name)
        stored = list(StoredFile.objects.filter(erased_at=None).values_list("name", flat=True))
    manifest["files"] = _copy_files(stored, folder / FILES)
    manifest["dump"] = {"sha256": digest_of(folder / DUMP), "size": (folder / DUMP).stat().st_size}
    manifest["key_id"] = settings.CURRENT_HASH_KEY
    manifest["hmac"] = signature(manifest)
    _write(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    note_backup(f"{sum(manifest['tables'].values())} rows, {len(manifest['files'])} files", begun)
    return manifest


def note_backup(words: str, begun: Any) -> None:
    """Remember when the last backup was made, for the home of the system administrator."""
    now = timezone.now()
    values = {"last_started": begun, "last_finished": now, "failures": 0, "last_result": words[:200]}
    Heartbeat.objects.update_or_create(
        name=HEARTBEAT, defaults=values | {"last_seconds": (now - begun).total_seconds()}
    )


# --- What stands in it -----------------------------------------------------------------------------
@contextmanager
def _snapshot() -> Iterator[str]:
    """One state of the database for counting and for pg_dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _state() -> dict[str, Any]:
    last = Seal.objects.order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [name for (name,) in cursor.fetchall()]
    return {
        "server": server_version(),
        "migrations": migrations,
        "tables": count_rows(),
        "sequences": sequence_values(),
        "seal": {"number": last.number, "digest": last.digest} if last else None,
    }


def count_rows() -> dict[str, int]:
    """Table -> rows, of every table of the database but the sessions: nobody comes back signed in."""
    with connection.cursor() as cursor:
        names = sorted(
            table.name for table in connection.introspection.get_table_list(cursor) if table.type in "tp"
        )
        names.remove(SESSIONS)
        counts = {}
        for name in names:
            cursor.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)).as_string(cursor.connection)
            )
            counts[name] = cursor.fetchone()[0]
        return counts


def sequence_values() -> dict[str, int]:
    """Sequence -> the last value given out; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, COALESCE(last_value, 0) FROM pg_sequences"
            " WHERE schemaname = 'public' ORDER BY 1"
        )
        return dict(cursor.fetchall())


def _dump(place: Path, snapshot: str) -> None:
    words = [
        str(tool("pg_dump")),
        "--format=custom",
        f"--snapshot={snapshot}",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        f"--exclude-table-data={SESSIONS}",
        f"--file={place}",
        *database_arguments(),
    ]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"pg_dump failed: {done.stderr.strip()[-500:]}")
    place.chmod(0o600)


def _copy_files(names: list[str], target: Path) -> dict[str, dict[str, Any]]:
    """Copy the stored content as it lies there, encrypted; a file erased meanwhile is left out."""
    found = {}
    for name in names:
        source = Path(settings.MEDIA_ROOT) / name
        copy = target / name
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, copy)
        except FileNotFoundError:
            if StoredFile.objects.filter(name=name, erased_at=None).exists():
                raise BackupError(f"The stored file {name} is missing from {settings.MEDIA_ROOT}.") from None
            continue
        found[name] = {"sha256": digest_of(copy), "size": copy.stat().st_size}
    return found


# --- Digests -----------------------------------------------------------------------------------------
def digest_of(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signature(manifest: dict[str, Any]) -> str:
    """The HMAC of a manifest, without the one it carries."""
    said = {name: value for name, value in manifest.items() if name != "hmac"}
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"core.backup").derive(hash_key(str(said.get("key_id"))))
    return hmac.new(key, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _write(place: Path, text: str) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
