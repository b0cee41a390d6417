"""Marked numbers of an invented person are looked for everywhere a copy could stay."""

import logging
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from accounts.models import AccessEvent
from tests.makers import PASSWORD
from tests.privacy.walking import ACCOUNT, CARD, HEAD_ID, NEW_ID, PHONE, WIFE_ID, WalkTestCase

# The part of each number that a mask never shows.
MARKS = {
    "ID number": HEAD_ID[6:],
    "second ID number": WIFE_ID[6:],
    "new ID number": NEW_ID[6:],
    "disability card": CARD[6:],
    "phone": PHONE[:8],
    "bank account": ACCOUNT[:-4],
}


def found_in(text: str) -> list[str]:
    return [name for name, mark in MARKS.items() if mark in text]


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__} {record.exc_text}")


class LeakTests(WalkTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.log = Kept()
        root = logging.getLogger()
        root.addHandler(self.log)
        self.addCleanup(root.removeHandler, self.log)
        self.addCleanup(root.setLevel, root.level)
        root.setLevel(logging.INFO)

    def use_everything(self) -> list[str]:
        """Walk as everybody, look at and compare each number; return the texts that may show none."""
        texts = []
        for user in self.users.values():
            seen = self.walk(user)
            texts += [*seen.pages.values(), *seen.headers]
        client = self.client_of(self.users["township_clerk"])
        for secret in self.secrets():
            address = f"/households/{self.household.number}/secrets/{secret}/"
            shown = client.post(address + "reveal/", {"why": "account", "password": PASSWORD})
            # The one answer that holds it: what is looked for can be found.
            self.assertNotEqual(found_in(shown.content.decode()), [])
            texts += [f"{name}: {value}" for name, value in shown.items()]
            for typed in (HEAD_ID, WIFE_ID, PHONE, ACCOUNT):
                answer = client.post(address + "compare/", {"typed": typed})
                # A number of another kind comes back into its field, to be put right.
                texts.append(answer.content.decode().replace(f'value="{typed}"', ""))
        # A number typed where none belongs.
        client.get("/households/", {"verdict": "x"})
        client.post("/sign-in/", {"username": HEAD_ID, "password": PHONE})
        return texts

    def test_no_page_log_table_session_cache_or_file_name_holds_a_number(self):
        texts = self.use_everything()

        for text in texts:
            self.assertEqual(found_in(text), [], text[:200])
        self.assertGreater(len(self.log.lines), len(texts) // 10)
        for line in self.log.lines:
            self.assertEqual(found_in(line), [], line[:300])
        for table, rows in self.tables():
            self.assertEqual(found_in(rows), [], table)
        for session in Session.objects.all():
            self.assertEqual(found_in(str(session.get_decoded())), [])
        self.assertEqual(found_in(str(getattr(cache, "_cache", {}))), [])
        for path in Path(settings.MEDIA_ROOT).rglob("*"):
            self.assertEqual(found_in(str(path)), [])
            if path.is_file():
                self.assertEqual(found_in(path.read_bytes().decode("latin-1")), [], str(path))
        shown = AccessEvent.objects.filter(kind="revealed", subject__startswith="household ")
        self.assertEqual(shown.count(), len(self.secrets()))

    def tables(self):
        """Every table of the database as text."""
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(
                    f"SELECT string_agg(t::text, E'\\n') FROM {connection.ops.quote_name(table)} t"
                )
                yield table, cursor.fetchone()[0] or ""
