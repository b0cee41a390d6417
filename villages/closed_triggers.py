"""Trigger SQL for migrations: yearly facts of a closed year are refused, whoever writes them."""

from django.db import migrations

FUNCTIONS = """
-- Shared by every writer until commit: closing a year waits for them and lets none begin.
CREATE FUNCTION villages_hold_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1497710930);
    RETURN NULL;
END $$;

CREATE FUNCTION villages_say_closed(shut integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF shut IS NOT NULL THEN
        RAISE EXCEPTION 'The year % is closed; its facts are read-only.', shut
            USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE FUNCTION villages_refuse_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM villages_say_closed((SELECT c.year FROM villages_countyyear c
        WHERE c.closed_at IS NOT NULL
          AND EXISTS (SELECT FROM new_rows n WHERE n.county = c.county AND n.year = c.year) LIMIT 1));
    RETURN NULL;
END $$;

CREATE FUNCTION villages_refuse_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM villages_say_closed((SELECT c.year FROM villages_countyyear c
        WHERE c.closed_at IS NOT NULL
          AND EXISTS (SELECT FROM old_rows o WHERE o.county = c.county AND o.year = c.year) LIMIT 1));
    RETURN NULL;
END $$;

CREATE FUNCTION villages_refuse_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM villages_say_closed((SELECT c.year FROM villages_countyyear c
        WHERE c.closed_at IS NOT NULL
          AND (EXISTS (SELECT FROM old_rows o WHERE o.county = c.county AND o.year = c.year)
            OR EXISTS (SELECT FROM new_rows n WHERE n.county = c.county AND n.year = c.year)) LIMIT 1));
    RETURN NULL;
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION villages_refuse_changed();
DROP FUNCTION villages_refuse_old();
DROP FUNCTION villages_refuse_new();
DROP FUNCTION villages_say_closed(integer);
DROP FUNCTION villages_hold_years();
"""

_WRITES = (
    ("INSERT", "NEW TABLE AS new_rows", "new"),
    ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "changed"),
    ("DELETE", "OLD TABLE AS old_rows", "old"),
)


def read_only_when_closed(table: str) -> migrations.RunSQL:
    """Refuse every write to rows of `table` whose `county` and `year` are closed."""
    create = f"""
        CREATE TRIGGER {table}_closed_hold BEFORE INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION villages_hold_years();
    """
    create += "".join(
        f"""
        CREATE TRIGGER {table}_closed_{operation.lower()} AFTER {operation} ON {table}
        REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION villages_refuse_{which}();
        """
        for operation, references, which in _WRITES
    )
    names = ("hold", "insert", "update", "delete")
    drop = "".join(f"DROP TRIGGER {table}_closed_{name} ON {table};" for name in names)
    return migrations.RunSQL(create, drop)
