"""The history that the database itself writes: trigger SQL for the migrations of every app.

Triggers are per statement with transition tables, so that COPY, MERGE, CTEs and SQL by hand are
recorded like a form's save, and a bulk write costs one insert more, not one per row.
"""

from django.db import migrations

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION core_current_change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    current_id bigint := NULLIF(current_setting('core.change', true), '')::bigint;
BEGIN
    IF current_id IS NULL THEN
        INSERT INTO core_change (kind, at, user_name, role, database_user, reason, evidence, request_id)
        VALUES ('direct', clock_timestamp(), '', '', session_user, '', '', '')
        RETURNING id INTO current_id;
        PERFORM set_config('core.change', current_id::text, true);
    END IF;
    RETURN current_id;
END $$;

-- Rows of generated data keep no images (`SET LOCAL core.row_images = 'off'`); only the owner of
-- the tables may ask for that.
CREATE OR REPLACE FUNCTION core_keeps_images(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(current_setting('core.row_images', true), '') <> 'off'
        OR (SELECT pg_get_userbyid(relowner) <> current_user FROM pg_class WHERE oid = relation)
$$;

CREATE OR REPLACE FUNCTION core_record_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A trigger without arguments has no array at all.
    derived text[] := COALESCE(TG_ARGV, '{}');
BEGIN
    IF NOT core_keeps_images(TG_RELID) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
        INSERT INTO core_rowhistory (change_id, "table", row_id, operation, image)
        SELECT core_current_change(), TG_TABLE_NAME, n.id, 'I', to_jsonb(n) - derived FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
        INSERT INTO core_rowhistory (change_id, "table", row_id, operation, image)
        SELECT core_current_change(), TG_TABLE_NAME, o.id, 'D', to_jsonb(o) - derived FROM old_rows o;
    ELSE
        INSERT INTO core_rowhistory (change_id, "table", row_id, operation, changed, image)
        SELECT core_current_change(), TG_TABLE_NAME, id, 'U', changed, after
        FROM (
            SELECT id, after, (
                SELECT jsonb_object_agg(key, jsonb_build_array(before -> key, value))
                FROM jsonb_each(after) WHERE before -> key IS DISTINCT FROM value
            ) AS changed
            FROM (
                SELECT n.id, to_jsonb(o) - derived AS before, to_jsonb(n) - derived AS after
                FROM new_rows n JOIN old_rows o USING (id)
                OFFSET 0  -- Each image is made once, not once for every column compared.
            ) AS pairs
            WHERE before <> after
        ) AS changes;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION core_record_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_rowhistory (change_id, "table", row_id, operation)
    VALUES (core_current_change(), TG_TABLE_NAME, 0, 'T');
    RETURN NULL;
END $$;
"""

_DROP_FUNCTIONS = """
DROP FUNCTION core_record_truncate();
DROP FUNCTION core_record_rows();
DROP FUNCTION core_keeps_images(oid);
DROP FUNCTION core_current_change();
"""


def history_functions() -> migrations.RunSQL:
    """The functions that the triggers call; for the first migration after core's tables."""
    return migrations.RunSQL(_FUNCTIONS, _DROP_FUNCTIONS)


def renew_history_functions() -> migrations.RunSQL:
    """Bring the functions of an installed database to the text above."""
    return migrations.RunSQL(_FUNCTIONS, migrations.RunSQL.noop)


def keep_history(table: str, *, derived: tuple[str, ...] = ()) -> migrations.RunSQL:
    """Record every row written to `table` (its key column is `id`), whoever writes it.

    `derived` columns are kept by the database from other rows and stand in no history.
    """
    arguments = ", ".join(f"'{column}'" for column in derived)
    create = "".join(
        f"""
        CREATE TRIGGER {table}_history_{operation.lower()} AFTER {operation} ON {table}
        REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION core_record_rows({arguments});
        """
        for operation, references in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        )
    )
    create += f"""
        CREATE TRIGGER {table}_history_truncate AFTER TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION core_record_truncate();
    """
    drop = "".join(
        f"DROP TRIGGER {table}_history_{operation} ON {table};"
        for operation in ("insert", "update", "delete", "truncate")
    )
    return migrations.RunSQL(create, drop)
