"""Twenty ways in which somebody with the application's role might bend the audit."""

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from core.models import Change
from core.sealing import seal_now
from core.verifying import verify
from tests.core.auditing import fill

pytestmark = pytest.mark.database

SEALED = ("core_change", "core_rowhistory", "accounts_accessevent", "core_seal", "core_sealcheck")
KEY = {"core_seal": "number"}
WAYS = {
    "update": "UPDATE {table} SET {key} = {key}",
    "delete": "DELETE FROM {table}",
    "delete with nothing": "DELETE FROM {table} WHERE false",
    "truncate": "TRUNCATE {table} CASCADE",
    "merge": "MERGE INTO {table} t USING (SELECT 1 AS one) s ON t.{key} = s.one WHEN MATCHED THEN DELETE",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {key} = 0",
    "locking": "SELECT * FROM {table} FOR UPDATE",
    "cte": "WITH gone AS (DELETE FROM {table} RETURNING *) SELECT count(*) FROM gone",
    "updatable view": "CREATE VIEW bent AS SELECT * FROM {table}",
    "temporary view": "CREATE TEMP VIEW bent AS SELECT * FROM {table}; UPDATE bent SET {key} = 0",
    "rule": "CREATE RULE bent AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "own trigger": "CREATE TRIGGER bent BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "disable triggers": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "add a column": "ALTER TABLE {table} ADD COLUMN bent int",
    "change a default": "ALTER TABLE {table} ALTER COLUMN {key} SET DEFAULT 1",
    "take ownership": "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "rename": "ALTER TABLE {table} RENAME TO bent",
    "inherit": "CREATE TABLE bent () INHERITS ({table})",
    "drop": "DROP TABLE {table} CASCADE",
    "row security": "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY bent ON {table} USING (false)",
    "grant to itself": "DO $$ BEGIN GRANT ALL ON {table} TO CURRENT_USER; UPDATE {table} SET {key} = 0; END $$",
    "replication role": "SET session_replication_role = replica",
    "become the owner": "SET SESSION AUTHORIZATION '{owner}'",
    "copy over": "COPY {table} FROM PROGRAM 'cat /dev/null'",
    "large object": "SELECT lo_import('/etc/passwd')",
    "catalogue": "UPDATE pg_class SET relowner = 0 WHERE relname = '{table}'",
    "replace the clock of transactions": (
        "CREATE OR REPLACE FUNCTION core_transaction() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT 1::bigint $$"
    ),
    "replace the history": "DROP FUNCTION core_record_rows() CASCADE",
    "silence the history": "ALTER TABLE households_household DISABLE TRIGGER ALL",
    "wind back the keys": "ALTER SEQUENCE core_change_id_seq RESTART",
}


def test_the_application_cannot_change_or_remove_audit(real_database, settings, tmp_path):
    """The session is the application's own: one of the tests, by SET ROLE, might go back."""
    assert settings.APPLICATION_ROLE, "without a role of its own the application owns the tables"
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")
    fill(seals=1, rows=2)
    verify()
    before, worked = counts(), []
    own = application_session()
    for table in SEALED:
        for way, words in WAYS.items():
            statement = words.format(
                table=table, key=KEY.get(table, "id"), owner=connection.settings_dict["USER"]
            )
            try:
                with own.cursor() as cursor:
                    cursor.execute(statement)
                worked.append((way, table))
            except psycopg2.Error:
                pass
            own.rollback()
    own.close()

    assert worked == []
    assert len(WAYS) >= 20
    assert counts() == before
    assert verify().is_whole


def application_session():
    """A connection whose own role is the application's."""
    values = connection.settings_dict
    return psycopg2.connect(
        dbname=values["NAME"],
        user=settings.APPLICATION_ROLE,
        host=values["HOST"] or None,
        port=values["PORT"] or None,
    )


def counts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in SEALED))
        return list(cursor.fetchone())


def test_rows_without_images_are_for_the_owner_alone(real_database, settings, tmp_path):
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")
    with connection.cursor() as cursor:
        cursor.execute("SET core.row_images = 'off'")
    fill(seals=1, rows=1)

    assert Change.objects.get(kind="area.renamed").rows.count() == 1
    assert seal_now() is None
