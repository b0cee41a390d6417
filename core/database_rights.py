"""What the application's database role may do with each table; granted by the owner after migrate.

Facts (every table whose history is kept) are never deleted, and what must stay as it was written
(`APPEND_ONLY = True` on the model) is not changed either.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import Model
from psycopg2 import sql

READ, WRITE, DELETE = ("SELECT",), ("SELECT", "INSERT", "UPDATE"), ("SELECT", "INSERT", "UPDATE", "DELETE")
APPEND = ("SELECT", "INSERT")
RECORDED = """
SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'core_record_rows'
"""


def rights_of(model: type[Model], recorded: set[str]) -> tuple[str, ...]:
    """The rights on the table of `model`; links between rows may go, facts may not."""
    if getattr(model, "APPEND_ONLY", False):
        return APPEND
    if model._meta.auto_created:
        return DELETE
    return WRITE if model._meta.db_table in recorded or getattr(model, "NEVER_DELETED", False) else DELETE


def grant_rights(using: str = "default", **_: Any) -> None:
    """Give the application's role its rights on all tables and sequences; no role, nothing to do."""
    role = settings.APPLICATION_ROLE
    if not role:
        return
    name = sql.Identifier(role)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if cursor.fetchone() is None:
            return
        cursor.execute(RECORDED)
        recorded = {row[0] for row in cursor.fetchall()}
        tables = set(connections[using].introspection.table_names(cursor))
        schema = sql.SQL(
            "GRANT USAGE ON SCHEMA public TO {role};"
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};"
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};"
        ).format(role=name)
        cursor.execute(schema.as_string(cursor.connection))
        statements = [
            sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(", ".join(rights_of(model, recorded))), sql.Identifier(model._meta.db_table), name
            )
            for model in apps.get_models(include_auto_created=True)
            if model._meta.db_table in tables
        ]
        cursor.execute(sql.SQL("; ").join(statements).as_string(cursor.connection))
