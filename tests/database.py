"""Databases of tests: which role asks, and copies with real commits for races and servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections
from psycopg2 import sql

_copies = count(1)


def become_application(sender: Any = None, connection: Any = None, **_: Any) -> None:
    """On each new connection of a test: the rights of the application, so that a missing grant fails."""
    if connection.settings_dict["NAME"] != "postgres":
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{settings.APPLICATION_ROLE}"')


@contextmanager
def as_owner() -> Iterator[None]:
    """What only the owner of the tables may do: erase, rotate, write by hand."""
    if not settings.APPLICATION_ROLE:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            become_application(connection=connection)


@contextmanager
def cloned_database() -> Iterator[str]:
    """Copy the test database and point the default connection to the copy until the block ends.

    Nothing is flushed: a flush would wipe what migrations loaded.
    """
    original = connection.settings_dict["NAME"]
    copy = f"{original}_copy{next(_copies)}"
    connections.close_all()
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), copy, original)
    connection.settings_dict["NAME"] = copy
    try:
        yield copy
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = original
        _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), copy)


def _administer(statement: sql.SQL, *names: str) -> None:
    values = connection.settings_dict
    owner = psycopg2.connect(
        dbname="postgres",
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        host=values["HOST"] or None,
        port=values["PORT"] or None,
    )
    owner.autocommit = True
    try:
        with owner.cursor() as cursor:
            cursor.execute(statement.format(*(sql.Identifier(name) for name in names)))
    finally:
        owner.close()


def environment_of(name: str) -> dict[str, str]:
    """What a process of its own needs to work on the database `name` with the application's role."""
    values = connection.settings_dict
    user = settings.APPLICATION_ROLE or values["USER"]
    place = str(values["HOST"]).replace("/", "%2F")
    port = f":{values['PORT']}" if values["PORT"] else ""
    password = f":{values['PASSWORD']}" if values["PASSWORD"] and user == values["USER"] else ""
    return {
        "DATABASE_URL": f"postgres://{user}{password}@{place}{port}/{name}",
        "DATABASE_OWNER_URL": "",
        "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "poverty.settings",
    }
