"""The audit has a word for every operation, and nothing leaves as a file without a row."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.audit_words import BESIDE_A_CHANGE, CHANGES, TABLES, choices

ROOT = Path(settings.BASE_DIR)
APPS = ("core", "areas", "accounts", "villages", "households", "standards", "exchange", "desk", "dashboards")
CODE = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
}
KIND = re.compile(r"\bchange\(\s*\"([a-z_]+\.[a-z_]+)\"")
LEAVES = re.compile(r"FileResponse\(|StreamingHttpResponse\(\s*\w")
RECORDED = re.compile(r"AccessEvent\.Kind\.(?:EXPORTED|DOWNLOADED)")


def test_every_kind_of_change_has_a_word():
    kinds = {kind for text in CODE.values() for kind in KIND.findall(text)}

    assert len(kinds) > 20
    assert sorted(kinds - CHANGES.keys()) == []


@pytest.mark.django_db
def test_every_table_with_a_history_has_a_word():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_history\\_insert'"
        )
        tables = {table for (table,) in cursor.fetchall()}

    assert len(tables) > 20
    assert sorted(tables - TABLES.keys()) == []


def test_every_view_that_sends_a_file_writes_an_event():
    senders = [path for path, text in CODE.items() if LEAVES.search(text) and "views" in str(path)]

    assert len(senders) > 2
    assert [str(path) for path in senders if not RECORDED.search(CODE[path])] == []


def test_an_operation_that_is_a_change_is_offered_once():
    offered = {value for _group, kinds in choices() for value, _words in kinds}

    assert not offered & {f"e:{kind}" for kind in BESIDE_A_CHANGE}
