"""Makers of audit rows with real commits, for the tests of sealing."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.db import connection, transaction

from accounts.models import AccessEvent
from areas.models import Area
from core.changes import change
from core.models import SealCheck
from core.sealing import seal_now
from core.verifying import verify
from tests.database import as_owner
from tests.makers import make_area, make_user


def other_connection(database: str = ""):
    """A second session of the owner, on the same database or another one."""
    values = connection.settings_dict
    return psycopg2.connect(
        dbname=database or values["NAME"],
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
        host=values["HOST"] or None,
        port=values["PORT"] or None,
    )


def fill(seals: int = 4, rows: int = 6, seed: int = 1) -> None:
    """Some people's changes and events under some seals."""
    chance = random.Random(seed)
    area = make_area(name="测试县")
    users = [make_user(area=area) for _user in range(3)]
    for _seal in range(seals):
        for number in range(rows):
            user = chance.choice(users)
            with change("area.renamed", user=user, reason=f"{number}", area="999001"):
                Area.objects.filter(pk=area.pk).update(name=f"县{chance.random()}")
            kind = chance.choice(["exported", "refused", "revealed"])
            AccessEvent.objects.create(kind=kind, user=user, subject=str(number), name_hash=b"\x01\x02")
        assert seal_now() is not None


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside, as the owner without guards, is gone afterwards."""
    with transaction.atomic(), as_owner(), connection.cursor() as cursor:
        for table in ("core_change", "core_rowhistory", "core_seal", "accounts_accessevent"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        transaction.set_rollback(True)


def found_after(*statements: str) -> SealCheck:
    """What the verifier says after `statements` of somebody who may do everything."""
    with undone():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        return verify()
