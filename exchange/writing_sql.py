"""Statements that write staged values into a table: built from the model, the same for all."""

from typing import Any

from django.db import models


def columns_of(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if field.column]


def defaults_of(model: type[models.Model]) -> dict[str, Any]:
    """What a new row holds where nothing is said: the model's own defaults, plain ones only."""
    return {
        str(field.column): field.get_default()
        for field in model._meta.concrete_fields
        if field.has_default() and not callable(field.default)
    } | {
        str(field.column): []
        for field in model._meta.concrete_fields
        if field.has_default() and field.default is list
    }


def insert(model: type[models.Model], rows: str) -> str:
    """INSERT from `rows`, a query giving `vals` (jsonb, with the key as id where it is fixed).

    Takes the parameter `defaults`.
    """
    table = model._meta.db_table
    names = [name for name in columns_of(model) if name != "id"]
    listed = ", ".join(f'"{name}"' for name in names)
    picked = ", ".join(f'r."{name}"' for name in names)
    return f"""
    INSERT INTO {table} (id, {listed})
    SELECT COALESCE(r.id, nextval(pg_get_serial_sequence('{table}', 'id'))), {picked}
    FROM ({rows}) AS source,
         LATERAL jsonb_populate_record(NULL::{table}, %(defaults)s::jsonb || source.vals) AS r
    """


def update(model: type[models.Model], names: list[str], rows: str) -> str:
    """UPDATE from `rows`, a query giving `id` and `vals` (jsonb of the changed columns only)."""
    table = model._meta.db_table
    sets = ", ".join(f'"{name}" = found."{name}"' for name in sorted(set(names)))
    picked = ", ".join(f'r."{name}"' for name in sorted(set(names)))
    return f"""
    UPDATE {table} AS target SET {sets}, version = target.version + 1
    FROM (
        SELECT old.id AS found_id, {picked}
        FROM ({rows}) AS source JOIN {table} old ON old.id = source.id,
             LATERAL jsonb_populate_record(old, source.vals) AS r
        WHERE source.vals <> '{{}}'
    ) AS found
    WHERE target.id = found.found_id
    """


def after(part: str, row: str = "s") -> str:
    """The values of a part to be written as {field: value}: all of a wholly new row, else what differs."""
    return f"""CASE WHEN {row}.diff IS NULL THEN COALESCE({row}.values -> '{part}', '{{}}') ELSE
        COALESCE((SELECT jsonb_object_agg(d.key, d.value -> 1) FROM jsonb_each({row}.diff -> '{part}') d), '{{}}') END"""


def changes(part: str) -> str:
    """Whether a row writes anything of a part."""
    return f"(s.diff ? '{part}' OR (s.diff IS NULL AND s.values ? '{part}'))"
