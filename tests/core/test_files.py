"""Stored files: encrypted, bound to their row, gone when their time is over."""

import base64
import io
import os
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import TestCase, override_settings
from django.utils import timezone

from core import files
from core.files import FileUnreadable, open_plain, plain_path, store
from core.models import StoredFile
from core.rotation import rotate_files
from tests.makers import COUNTY_CODE, make_area, make_user

CONTENT = "姓名,证件号码\n".encode() * 200_000


@pytest.fixture(autouse=True)
def _own_storage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path


class KeepingTestCase(TestCase):
    def keep(self, content: bytes = CONTENT, **values) -> StoredFile:
        return store(
            io.BytesIO(content), **({"kind": "test", "user": None, "original_name": "a/贫困户.xlsx"} | values)
        )


class StoreTests(KeepingTestCase):
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


class RotationTests(KeepingTestCase):
    """A new key: every file is written anew, each whole, whatever is cut off."""

    def under_new_key(self):
        key = base64.b64encode(os.urandom(32)).decode()
        return override_settings(FIELD_KEYS={**settings.FIELD_KEYS, "new": key}, CURRENT_FIELD_KEY="new")

    def plain(self, row: StoredFile) -> bytes:
        row.refresh_from_db()
        with open_plain(row) as content:
            return content.read()

    def rotate(self):
        with self.captureOnCommitCallbacks(execute=True):
            return rotate_files()

    def test_every_file_opens_under_the_new_key_alone(self):
        rows = [self.keep(CONTENT), self.keep(b""), self.keep(b"z" * (2 * files.PIECE))]
        before = [row.name for row in rows]
        with self.under_new_key():
            self.assertEqual(self.rotate(), (3, []))
            self.assertEqual(self.rotate(), (0, []))
            new = {"new": settings.FIELD_KEYS["new"]}

        with override_settings(FIELD_KEYS=new, CURRENT_FIELD_KEY="new"):
            self.assertEqual([len(self.plain(row)) for row in rows], [len(CONTENT), 0, 2 * files.PIECE])
        self.assertEqual([default_storage.exists(name) for name in before], [False] * 3)

    def test_erased_and_plain_files_are_left_alone(self):
        gone, plain = self.keep(), self.keep(encrypt=False)
        files.erase(gone)

        with self.under_new_key():
            self.assertEqual(self.rotate(), (0, []))
            self.assertEqual(self.plain(plain), CONTENT)

    def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(self):
        broken, good = self.keep(), self.keep()
        default_storage.delete(broken.name)

        with self.under_new_key():
            self.assertEqual(self.rotate(), (1, [broken.pk]))
            self.assertEqual(self.plain(good), CONTENT)

    def test_cut_off_before_the_row_is_moved_the_old_content_still_opens(self):
        row = self.keep()
        with self.under_new_key():
            with (
                patch.object(StoredFile.objects, "filter", side_effect=RuntimeError),
                self.assertRaises(RuntimeError),
            ):
                files.encrypt_anew(row)

            self.assertEqual(self.plain(row), CONTENT)
            self.assertEqual(self.rotate(), (1, []))
            self.assertEqual(self.plain(row), CONTENT)

    def test_a_file_erased_meanwhile_stays_erased(self):
        row = self.keep()
        with self.under_new_key():
            stale = StoredFile.objects.get(pk=row.pk)
            StoredFile.objects.filter(pk=row.pk).update(erased_at=timezone.now())
            with self.captureOnCommitCallbacks(execute=True):
                self.assertFalse(files.encrypt_anew(stale))

        row.refresh_from_db()
        self.assertEqual(row.name, stale.name)

    def test_content_without_a_row_is_swept_after_a_day(self):
        row = self.keep()
        for name in ("ab/young", "ab/old"):
            default_storage.save(name, io.BytesIO(b"left"))
        day_and_more = timezone.now().timestamp() - 25 * 3600
        for name in ("ab/old", row.name):
            os.utime(default_storage.path(name), (day_and_more, day_and_more))

        files.prune()

        left = [default_storage.exists(name) for name in ("ab/old", "ab/young", row.name)]
        self.assertEqual(left, [False, True, True])


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
