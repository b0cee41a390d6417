"""A backup back into an empty database, and proof that all of it came: exit status 0 proves nothing."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from core import sealing, secrets
from core.backup import (
    DUMP,
    FILES,
    FORMAT,
    MANIFEST,
    BackupError,
    count_rows,
    digest_of,
    sequence_values,
    signature,
)
from core.database_rights import grant_rights
from core.models import Seal
from core.postgres_tools import database_arguments, environment, tool
from core.secrets import SecretError
from core.verifying import verify


def restore_backup(folder: Path) -> dict[str, Any]:
    """Load the backup in `folder` into the empty database and prove it; return its manifest.

    Raises BackupError with the first thing that does not hold.
    """
    manifest = read_manifest(folder)
    check_content(folder, manifest)
    _refuse_what_is_not_empty()
    _load(folder / DUMP)
    _copy_back(folder, manifest)
    _prove_rows(manifest)
    _prove_keys()
    grant_rights()
    _prove_audit(manifest)
    return manifest


# --- Before anything is touched ----------------------------------------------------------------------
def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, if it was written by this installation and not changed since."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        genuine = manifest["hmac"] == signature(manifest)
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupError(f"{folder} holds no readable {MANIFEST}.") from None
    except SecretError as error:
        raise BackupError(f"The keys of this backup are missing: {error}") from error
    if not genuine:
        raise BackupError("The manifest was changed, or belongs to an installation with other keys.")
    if manifest["format"] != FORMAT:
        raise BackupError(f"Format {manifest['format']} of this backup is not known here.")
    return manifest


def check_content(folder: Path, manifest: dict[str, Any]) -> None:
    """Every file is there, none was changed, none was added."""
    expected = {DUMP: manifest["dump"]} | {
        f"{FILES}/{name}": said for name, said in manifest["files"].items()
    }
    for name, said in expected.items():
        place = folder / name
        if not place.is_file():
            raise BackupError(f"{name} is missing from the backup.")
        if place.stat().st_size != said["size"] or digest_of(place) != said["sha256"]:
            raise BackupError(f"{name} was changed since the backup was made.")
    there = {str(place.relative_to(folder)) for place in folder.rglob("*") if place.is_file()}
    if there - expected.keys() - {MANIFEST}:
        raise BackupError(f"{min(there - expected.keys() - {MANIFEST})} does not belong to the backup.")


def _refuse_what_is_not_empty() -> None:
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise BackupError("The database is not empty. Restore into a new one.")
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(place.is_file() for place in media.rglob("*")):
        raise BackupError(f"{media} is not empty. Move what lies there away.")


# --- Loading ---------------------------------------------------------------------------------------
def _load(dump: Path) -> None:
    words = [str(tool("pg_restore")), "--no-owner", "--no-privileges", "--no-comments"]
    words += ["--exit-on-error", "--single-transaction", *database_arguments(), str(dump)]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"pg_restore failed: {done.stderr.strip()[-500:]}")


def _copy_back(folder: Path, manifest: dict[str, Any]) -> None:
    for name, said in manifest["files"].items():
        target = Path(settings.MEDIA_ROOT) / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / FILES / name, target)
        target.chmod(0o600)
        if digest_of(target) != said["sha256"]:
            raise BackupError(f"{name} did not come back whole.")


# --- Proof -------------------------------------------------------------------------------------------
def _prove_rows(manifest: dict[str, Any]) -> None:
    found = count_rows()
    for table, rows in manifest["tables"].items():
        if found.get(table) != rows:
            raise BackupError(f"{table} has {found.get(table, 'no')} rows instead of {rows}.")
    values = sequence_values()
    for sequence, value in manifest["sequences"].items():
        if values.get(sequence, -1) < value:
            raise BackupError(f"The sequence {sequence} stands at {values.get(sequence)} instead of {value}.")


def _prove_keys() -> None:
    try:
        secrets.check_canaries()
    except SecretError as error:
        raise BackupError(f"The keys do not open the restored database: {error}") from error


def _prove_audit(manifest: dict[str, Any]) -> None:
    last = Seal.objects.order_by("-number").first()
    if (manifest["seal"] or {}).get("digest") != (last.digest if last else None):
        raise BackupError("The audit ends with another seal than the backup.")
    sealing.note_restart("restored", last.number if last else 0)
    sealing.carry_on_after_restore()
    found = verify()
    if not found.is_whole:
        raise BackupError(f"The audit does not hold from seal {found.broken_seal} on ({found.fault}).")
