"""Stored files: encrypted, bound to their row, gone when their time is over."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import TestCase, override_settings
from django.utils import timezone

from core import files
from core.files import FileUnreadable, open_plain, plain_path, store
from core.models import StoredFile
from tests.makers import COUNTY_CODE, make_area, make_user

CONTENT = "姓名,证件号码\n".encode() * 200_000


@pytest.fixture(autouse=True)
def _own_storage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path


class StoreTests(TestCase):
    def keep(self, content: bytes = CONTENT, **values) -> StoredFile:
        return store(
            io.BytesIO(content), **({"kind": "test", "user": None, "original_name": "a/贫困户.xlsx"} | values)
        )

    def raw(self, row: StoredFile) -> bytes:
        with default_storage.open(row.name) as file:
            return file.read()

    def test_what_was_stored_comes_back(self):
        for content in (b"", b"x", CONTENT, b"y" * files.PIECE, b"z" * (2 * files.PIECE)):
            with self.subTest(len(content)), open_plain(self.keep(content)) as plain:
                self.assertEqual(plain.read(), content)

    def test_nothing_of_it_lies_open_on_the_disk(self):
        row = self.keep()

        self.assertNotIn("姓名".encode(), self.raw(row))
        self.assertNotIn("贫困户", row.name)
        self.assertEqual(row.original_name, "贫困户.xlsx")

    def test_a_changed_or_shortened_content_does_not_open(self):
        row = self.keep()
        whole = self.raw(row)
        for broken in (whole[:-1], whole[: files.PIECE + 24], whole[:20] + b"!" + whole[21:], b""):
            default_storage.delete(row.name)
            default_storage.save(row.name, io.BytesIO(broken))
            with self.subTest(len(broken)), self.assertRaises(FileUnreadable), open_plain(row):
                pass

    def test_the_content_of_another_file_does_not_open(self):
        row, other = self.keep(), self.keep()
        default_storage.delete(row.name)
        default_storage.save(row.name, io.BytesIO(self.raw(other)))

        with self.assertRaises(FileUnreadable), open_plain(row):
            pass

    @override_settings(FIELD_KEYS={})
    def test_a_missing_key_is_named(self):
        row = StoredFile(name="aa/bb", kind="test", size=1, sha256="", key_id="lost")
        default_storage.save(row.name, io.BytesIO(b"1234567890"))

        with self.assertRaisesMessage(FileUnreadable, "lost"), open_plain(row):
            pass

    def test_a_plain_copy_is_gone_after_its_use(self):
        with plain_path(self.keep(b"abc"), ".xlsx") as path:
            self.assertEqual(path.read_bytes(), b"abc")
            self.assertEqual(path.stat().st_mode & 0o077, 0)

        self.assertFalse(path.exists())

    def test_a_file_whose_time_is_over_is_erased_and_the_row_says_when(self):
        row, kept = self.keep(), self.keep()
        StoredFile.objects.filter(pk=row.pk).update(keep_until=timezone.now() - timedelta(seconds=1))

        self.assertEqual(files.prune(), 1)

        row.refresh_from_db()
        self.assertFalse(default_storage.exists(row.name))
        self.assertTrue(default_storage.exists(kept.name))
        self.assertIsNotNone(row.erased_at)
        with self.assertRaises(FileUnreadable), open_plain(row):
            pass


class ScopeTests(TestCase):
    def test_a_file_is_seen_by_its_owner_while_they_hold_the_area(self):
        inside = make_user("county_office", make_area())
        nobody = make_user("county_office", False)
        values = {
            "kind": "test",
            "size": 0,
            "sha256": "",
            "area_prefix": COUNTY_CODE[:6],
            "original_name": "",
        }
        own = StoredFile.objects.create(user_id=inside.pk, **values)
        StoredFile.objects.create(user_id=nobody.pk, **values)

        self.assertEqual(list(StoredFile.objects.visible_to(inside)), [own])
        self.assertEqual(list(StoredFile.objects.visible_to(nobody)), [])
