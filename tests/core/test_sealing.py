"""The chain over the audit: what is sealed, when, and that every tampering is found."""

import json
import random
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccessEvent
from core.changes import change
from core.models import Change, RowHistory, Seal
from core.sealing import Part, carry_on_after_restore, note_restart, seal_now
from core.verifying import Fault, verify
from tests.core.auditing import fill, found_after, other_connection, undone
from tests.database import as_owner

pytestmark = pytest.mark.database

TABLES = ("core_change", "core_rowhistory", "accounts_accessevent")
# Columns that somebody would like to read otherwise, and a value for each.
EDITS = {
    "core_change": {
        "kind": "'x.y'", "at": "at - interval '1 day'", "user_id": "7", "user_name": "'nobody'", "role": "'x'",
        "reason": "reason || ' '", "evidence": "'x'", "county": "1", "address": "'10.9.9.9'", "area": "'1'",
        "subject": "'x'", "within": "1",
    },
    "core_rowhistory": {
        "image": "jsonb_set(image, '{name}', '\"x\"')", "changed": "'{}'", "row_id": "row_id + 1",
        "operation": "'D'", "table": "'x'", "change_id": "change_id - 1",
    },
    "accounts_accessevent": {
        "kind": "'signed_in'", "user_id": "NULL", "subject": "'x'", "reason": "'x'", "route": "'x'",
        "address": "'10.9.9.9'", "name_hash": "'\\x03'", "at": "at + interval '1 second'", "rows": "5",
    },
}  # fmt: skip


@pytest.fixture
def seals(real_database, settings, tmp_path) -> Path:
    """A database with four seals and a file of seals of its own."""
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")
    seal_now()
    fill()
    return Path(settings.SEAL_FILE)


def tampering(chance: random.Random) -> tuple[str, list[str]]:
    """One edit, deletion, swap or insertion by somebody who may do everything."""
    table = chance.choice(TABLES)
    with connection.cursor() as cursor:
        condition = "WHERE image ? 'name' AND changed IS NOT NULL" if table == "core_rowhistory" else ""
        cursor.execute(f"SELECT id FROM {table} {condition} ORDER BY id")
        keys = [key for (key,) in cursor.fetchall()]
    one, other = chance.sample(keys, 2)
    what = chance.choice(["edit", "delete", "swap", "insert"])
    if what == "edit":
        column, value = chance.choice(list(EDITS[table].items()))
        return what, [f'UPDATE {table} SET "{column}" = {value} WHERE id = {one}']
    if what == "delete":
        return what, [f"DELETE FROM {table} WHERE id = {one}"]
    if what == "swap":
        return what, [
            f"UPDATE {table} SET id = -1 WHERE id = {one}",
            f"UPDATE {table} SET id = {one} WHERE id = {other}",
            f"UPDATE {table} SET id = {other} WHERE id = -1",
        ]
    copy = f"CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM {table} WHERE id = {one}"
    return what, [copy, "UPDATE copied SET id = 1000000", f"INSERT INTO {table} SELECT * FROM copied"]


def test_fifty_tamperings_by_a_superuser_are_each_found(seals):
    assert verify().is_whole
    chance, kinds, missed = random.Random(2016), set(), []
    for _attempt in range(50):
        kind, statements = tampering(chance)
        kinds.add(kind)
        found = found_after(*statements)
        if found.is_whole or not found.table:
            missed.append(statements)

    assert missed == []
    assert kinds == {"edit", "delete", "swap", "insert"}
    assert verify().is_whole


def test_the_first_broken_seal_is_named_with_table_and_rows(seals):
    row = RowHistory.objects.filter(table="areas_area", operation="U").order_by("pk")[8]
    sealed = Seal.objects.get(
        from_transaction__lte=row.transaction_number, horizon__gt=row.transaction_number
    )

    found = found_after(f"UPDATE core_rowhistory SET row_id = 0 WHERE id >= {row.pk}")

    assert (found.broken_seal, found.table, found.fault) == (sealed.number, "core_rowhistory", Fault.ROWS)
    assert found.first_row <= row.pk <= found.last_row


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE core_seal SET digest = repeat('a', 64) WHERE number = 3", Fault.DIGEST),
        ("UPDATE core_seal SET sealed_at = sealed_at - interval '1 hour' WHERE number = 3", Fault.DIGEST),
        ("UPDATE core_seal SET parts = '{}' WHERE number = 3", Fault.DIGEST),
        ("UPDATE core_seal SET key_id = 'lost' WHERE number = 3", Fault.KEY),
        ("DELETE FROM core_seal WHERE number = 3", Fault.CHAIN),
        ("DELETE FROM core_seal WHERE number >= 3", Fault.NOTED),
        ("DELETE FROM core_seal", Fault.NOTED),
    ],
)
def test_a_seal_that_was_changed_or_removed_is_found(seals, statement, fault):
    found = found_after(statement)

    assert found.fault == fault
    assert found.broken_seal in (1, 3)


def test_rows_added_later_under_an_older_time_or_change_are_found(seals):
    change_id = Change.objects.order_by("pk").first().pk
    backdated = (
        "INSERT INTO core_change (kind, at, user_name, role, database_user, reason, evidence, request_id)"
    )
    late = [
        (Fault.BACKDATED, f"{backdated} VALUES ('x', now() - interval '3 days', '', '', '', '', '', '')"),
        (
            Fault.STRAY,
            f"INSERT INTO core_rowhistory (change_id, \"table\", row_id, operation) VALUES ({change_id}, 'x', 1, 'U')",
        ),
    ]
    for number, (_fault, statement) in enumerate(late):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)
        seal_now()
        found = verify()
        # The first that was slipped in is the one that is named.
        assert found.fault == Fault.BACKDATED
        assert found.broken_seal == Seal.objects.count() - number


def test_a_restart_makes_later_notes_void(seals):
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_seal WHERE number > 2")
            cursor.execute(
                "DELETE FROM core_rowhistory WHERE transaction_number >= (SELECT max(horizon) FROM core_seal)"
            )
        note_restart("restored", 2)
        assert verify().is_whole


def test_the_digest_is_noted_outside_the_database(seals):
    lines = [json.loads(line) for line in seals.read_text().splitlines()]
    last = Seal.objects.order_by("number").last()

    assert (lines[-1]["seal"], lines[-1]["digest"]) == (last.number, last.digest)
    assert seals.stat().st_mode & 0o777 == 0o600


def test_an_open_transaction_is_sealed_later_and_nothing_twice(seals):
    """Keys are given in another order than transactions commit."""
    slow = other_connection()
    with slow.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_accessevent (at, kind, role, method, route, subject, reason, request_id)"
                       " VALUES (now(), 'exported', '', '', '', 'slow', '', '') RETURNING id")  # fmt: skip
        slow_id = cursor.fetchone()[0]
    fast = AccessEvent.objects.create(kind="exported", subject="fast")
    assert slow_id < fast.pk
    assert seal_now() is None or not sealed(fast.pk)

    slow.commit()
    slow.close()
    seal_now()

    assert sealed(slow_id)
    assert sealed(fast.pk)
    assert verify().is_whole
    assert seal_now() is None


def test_a_transaction_of_another_database_holds_nothing_up(seals):
    AccessEvent.objects.create(kind="exported", subject="before")
    other = other_connection("postgres")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    try:
        later = AccessEvent.objects.create(kind="exported", subject="after")
        seal_now()
        assert sealed(later.pk)
    finally:
        other.close()


def sealed(key: int) -> bool:
    """Whether exactly one seal covers the event with this key."""
    number = AccessEvent.objects.get(pk=key).transaction_number
    return Seal.objects.filter(from_transaction__lte=number, horizon__gt=number).count() == 1


def test_what_was_rolled_back_leaves_no_gap(seals):
    with transaction.atomic():
        AccessEvent.objects.create(kind="exported", subject="undone")
        transaction.set_rollback(True)
    AccessEvent.objects.create(kind="exported", subject="kept")

    made = seal_now()

    assert made.parts["accounts_accessevent"]["rows"] == 1
    assert verify().is_whole


def test_many_rows_are_sealed_in_one_statement_a_table(seals, django_assert_max_num_queries):
    with change("many.rows"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO areas_area (code, level, name, stem) SELECT '9990' || (10000000 + n), 'village', 'v', 'v'"
            " FROM generate_series(1, 25000) n"
        )

    with django_assert_max_num_queries(12):
        made = seal_now()

    part = Part.read(made.parts["core_rowhistory"])
    assert part.rows == 25000
    assert verify().is_whole
    row = RowHistory.objects.filter(pk__gt=part.first).order_by("pk")[17000]
    assert not found_after(f"UPDATE core_rowhistory SET row_id = 0 WHERE id = {row.pk}").is_whole


def test_a_column_that_comes_later_leaves_older_seals_whole(seals):
    old = Seal.objects.last()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_change ADD COLUMN later text NOT NULL DEFAULT 'x'")

    assert "later" not in old.parts["core_change"]["columns"]
    assert verify().is_whole


def test_after_a_restore_into_another_server_new_rows_lie_above_the_old(seals):
    """There the count of transactions begins far below that of the rows."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT core_transaction()")
        ahead = cursor.fetchone()[0] + 5_000_000
        cursor.execute(
            "INSERT INTO accounts_accessevent (at, kind, role, method, route, subject, reason, request_id,"
            " transaction_number) VALUES (now(), 'exported', '', '', '', 'old', '', '', %s)",
            [ahead],
        )
        assert carry_on_after_restore() > 4_000_000
        assert carry_on_after_restore() == 0

    new = AccessEvent.objects.create(kind="exported", subject="new")
    new.refresh_from_db()

    assert new.transaction_number > ahead
    assert seal_now().parts["accounts_accessevent"]["rows"] == 2
    assert verify().is_whole


def test_the_verdict_is_kept(seals):
    found = verify()

    assert (found.seals, found.fault, found.broken_seal) == (Seal.objects.count(), "", None)
    assert found.rows == sum(part["rows"] for seal in Seal.objects.all() for part in seal.parts.values())
    assert found.at <= timezone.now()
