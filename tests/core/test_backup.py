"""A backup comes back whole into an empty database, and what was done to it is told before it is believed."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from psycopg2 import sql

from core.backup import DUMP, MANIFEST, BackupError, count_rows, make_backup, signature
from core.changes import change
from core.files import plain_pieces, store
from core.models import Change, Heartbeat, Seal, StoredFile
from core.restoring import check_content, read_manifest, restore_backup
from core.sealing import noted, seal_now
from core.secrets import reveal
from core.verifying import verify
from households.models import Person
from tests.core.auditing import fill
from tests.database import _administer, as_owner
from tests.makers import PASSWORD, make_household, make_user

pytestmark = pytest.mark.database


@pytest.fixture
def made(real_database, settings, tmp_path) -> Path:
    """A backup of a database with people, secrets, a stored file and seals."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")
    seal_now()
    fill(seals=2)
    make_household()
    user = make_user(username="returning")
    for number in range(2):
        store(io.BytesIO(b"content" * 1000), kind="test", user=user, original_name=f"{number}.xlsx")
    seal_now()
    with as_owner():
        make_backup(tmp_path / "backup")
    return tmp_path / "backup"


@contextmanager
def empty_database() -> Iterator[None]:
    """The default connection on a database in which nothing stands."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_empty"
    connections.close_all()
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE template0"), name)
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)


def restore(folder: Path) -> None:
    with as_owner():
        restore_backup(folder)


def test_it_comes_back_whole_and_goes_on(made, settings, tmp_path):
    before, last = count_rows(), Seal.objects.order_by("number").last()
    person = Person.objects.exclude(id_number=None).latest("pk")
    number = reveal(person.id_number)
    settings.MEDIA_ROOT = str(tmp_path / "restored")

    with empty_database():
        restore(made)

        after = count_rows()
        # The verifier wrote its row, and the backup noted itself only afterwards.
        assert {**after, "core_sealcheck": 0, "core_heartbeat": 0} == {
            **before,
            "core_sealcheck": 0,
            "core_heartbeat": 0,
        }
        assert Seal.objects.order_by("number").last().digest == last.digest
        assert b"".join(plain_pieces(StoredFile.objects.latest("pk"))) == b"content" * 1000
        assert reveal(Person.objects.get(pk=person.pk).id_number) == number == number.strip()
        answer = Client().post("/sign-in/", {"username": "returning", "password": PASSWORD})
        assert answer.status_code == 302
        with change("after.restore") as later:
            pass
        assert later.pk > Change.objects.exclude(pk=later.pk).latest("pk").pk
        assert seal_now() is not None
        assert verify().is_whole
        assert noted()


def test_no_key_and_no_plain_number_stands_in_it(made, settings):
    content = b"".join(place.read_bytes() for place in made.rglob("*") if place.is_file())
    for key in [*settings.FIELD_KEYS.values(), *settings.HASH_KEYS.values(), settings.SECRET_KEY]:
        assert key.encode() not in content
    assert reveal(Person.objects.exclude(id_number=None).latest("pk").id_number).encode() not in content
    assert all(
        place.stat().st_mode & 0o077 == 0 for place in made.rglob("*") if place.name in (DUMP, MANIFEST)
    )


def change_byte(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)


def a_file(folder: Path) -> Path:
    return next(place for place in sorted((folder / "files").rglob("*")) if place.is_file())


def edit_manifest(folder: Path, *, signed: bool = False, **values) -> None:
    manifest = json.loads((folder / MANIFEST).read_text()) | values
    if signed:
        manifest["hmac"] = signature(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


SABOTAGE = {
    "one byte of the dump": lambda folder: change_byte(folder / DUMP),
    "a dump cut off": lambda folder: (folder / DUMP).write_bytes((folder / DUMP).read_bytes()[:-100]),
    "an empty dump": lambda folder: (folder / DUMP).write_bytes(b""),
    "no dump": lambda folder: (folder / DUMP).unlink(),
    "one byte of a file": lambda folder: change_byte(a_file(folder)),
    "a file is missing": lambda folder: a_file(folder).unlink(),
    "a file too many": lambda folder: (folder / "files" / "more").write_text("x"),
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "a manifest that is no JSON": lambda folder: (folder / MANIFEST).write_text("{"),
    "a changed manifest": lambda folder: edit_manifest(folder, made_at="2016-01-01"),
    "a manifest of another format": lambda folder: edit_manifest(folder, signed=True, format=99),
    "a manifest of another key": lambda folder: edit_manifest(folder, key_id="lost"),
}


def test_every_sabotage_is_told_before_anything_is_loaded(made, tmp_path):
    believed = []
    for name, sabotage in SABOTAGE.items():
        copy = tmp_path / "copy"
        shutil.copytree(made, copy)
        sabotage(copy)
        if is_believed(copy):
            believed.append(name)
        shutil.rmtree(copy)

    assert believed == []
    assert is_believed(made)


def is_believed(folder: Path) -> bool:
    try:
        check_content(folder, read_manifest(folder))
    except BackupError:
        return False
    return True


def test_a_backup_of_another_installation_is_refused(made, settings):
    settings.HASH_KEYS = dict.fromkeys(settings.HASH_KEYS, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")

    with pytest.raises(BackupError, match="other keys"):
        read_manifest(made)


def other_counts(folder: Path) -> dict:
    manifest = json.loads((folder / MANIFEST).read_text())
    return {"tables": manifest["tables"] | {"core_change": manifest["tables"]["core_change"] + 1}}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (other_counts, "core_change has"),
        (lambda folder: {"sequences": {"core_change_id_seq": 10**9}}, "core_change_id_seq"),
        (lambda folder: {"seal": {"number": 9, "digest": "f" * 64}}, "another seal"),
    ],
)
def test_what_only_the_loaded_database_shows_is_told_too(made, settings, tmp_path, values, words):
    """Even a manifest with a right signature is not believed."""
    edit_manifest(made, signed=True, **values(made))
    settings.MEDIA_ROOT = str(tmp_path / "restored")
    with empty_database(), pytest.raises(BackupError, match=words):
        restore(made)


def test_wrong_keys_for_the_secrets_are_told(made, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "restored")
    settings.FIELD_KEYS = dict.fromkeys(settings.FIELD_KEYS, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    with empty_database(), pytest.raises(BackupError, match="keys do not open"):
        restore(made)


def test_only_an_empty_database_and_an_empty_folder_are_restored_into(made, settings, tmp_path):
    with pytest.raises(BackupError, match="not empty"):
        restore(made)
    with empty_database(), pytest.raises(BackupError, match="not empty"):
        # The stored files of before lie in MEDIA_ROOT still.
        restore(made)


def test_the_commands_say_what_they_did_and_when_it_was(made, tmp_path):
    said = io.StringIO()
    with as_owner():
        call_command("backup", tmp_path / "second", stdout=said)
        with pytest.raises(CommandError, match="not empty"):
            call_command("backup", tmp_path / "second")
        with pytest.raises(CommandError, match="not empty"):
            call_command("restore", tmp_path / "second")

    assert "Keep the keys elsewhere" in said.getvalue()
    assert Heartbeat.objects.get(name="core.backup").last_finished is not None


def test_a_stored_file_that_is_gone_stops_the_backup(made, settings, tmp_path):
    place = Path(settings.MEDIA_ROOT) / StoredFile.objects.latest("pk").name
    place.unlink()

    with as_owner(), pytest.raises(BackupError, match="missing"):
        make_backup(tmp_path / "second")
