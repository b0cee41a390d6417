"""Notices: one open sentence a person and matter, unread until read, own ones only, gone after their time."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, override_settings
from django.utils import timezone, translation

from core.models import Notice
from core.notices import close_notices, mark_read, notify, prune, tell_digest, unread_count
from tests.makers import make_user

WORDS = "There is one notice for each matter: %(count)s."


def tell(*users, count=1, key="1", **fields):
    return notify(users, kind="test.matter", key=key, words=WORDS, values={"count": count}, **fields)


@pytest.mark.database
class NoticeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user, cls.colleague = make_user(), make_user()

    def own(self):
        return Notice.objects.visible_to(self.user)

    def test_each_person_is_told(self):
        self.assertEqual(tell(self.user, self.colleague.pk, address="/jobs/"), 2)

        self.assertEqual((unread_count(self.user), unread_count(self.colleague)), (1, 1))
        self.assertEqual(self.own().get().address, "/jobs/")

    def test_the_same_told_again_counts_and_stays_read(self):
        tell(self.user)
        mark_read(self.own())
        tell(self.user)

        self.assertEqual((self.own().get().times, unread_count(self.user)), (2, 0))

    def test_news_about_the_same_matter_are_unread_again(self):
        tell(self.user)
        mark_read(self.own())
        tell(self.user, count=2)

        self.assertEqual((self.own().get().values, unread_count(self.user)), ({"count": 2}, 1))

    def test_a_matter_that_is_over_may_come_again(self):
        tell(self.user)
        self.assertEqual(close_notices(kind="test.matter", key="1"), 1)
        tell(self.user)

        self.assertEqual((self.own().count(), self.own().open().count()), (2, 1))

    def test_closing_for_one_person_leaves_the_others(self):
        tell(self.user, self.colleague)

        self.assertEqual(close_notices(kind="test.matter", users=[self.user]), 1)
        self.assertEqual((unread_count(self.user), unread_count(self.colleague)), (0, 1))

    def test_nobody_sees_the_notice_of_another(self):
        tell(self.colleague)

        self.assertFalse(self.own().exists())
        self.assertFalse(Notice.objects.visible_to(AnonymousUser()).exists())

    def test_the_sentence_is_in_the_language_of_the_reader(self):
        tell(self.user, count=3)

        with translation.override("en"):
            self.assertEqual(self.own().get().text, "There is one notice for each matter: 3.")

    def test_words_with_an_unfilled_hole_or_an_address_elsewhere_are_refused(self):
        for wrong in (
            {"values": {}},
            {"values": {"count": 1}, "address": "https://example.org/"},
            {"values": {"count": 1}, "address": "//example.org/"},
        ):
            with self.subTest(wrong), self.assertRaises(ValueError):
                notify([self.user], kind="test.matter", key="1", words=WORDS, **wrong)

    def test_the_database_holds_one_open_notice_a_matter(self):
        tell(self.user)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Notice.objects.create(user_id=self.user.pk, kind="test.matter", key="1", words=WORDS)

    def test_telling_many_is_one_statement(self):
        with self.assertNumQueries(1):
            tell(self.user, self.colleague)
        with self.assertNumQueries(0):
            tell()

    def test_a_digest_comes_once_a_day_and_ends_the_one_before(self):
        for day, told in ((17, True), (18, True), (18, False)):
            done = tell_digest(
                self.user, day=date(2016, 10, day), words=WORDS, values={"count": day}, address="/"
            )
            self.assertEqual(done, told)

        self.assertEqual([n.values["count"] for n in self.own().open()], [18])

    def test_a_digest_put_aside_does_not_come_back_the_same_day(self):
        told = {"day": date(2016, 10, 18), "words": WORDS, "values": {"count": 1}, "address": "/"}
        tell_digest(self.user, **told)
        close_notices(kind=Notice.DIGEST, users=[self.user])

        self.assertFalse(tell_digest(self.user, **told))
        self.assertEqual(self.own().count(), 1)

    @override_settings(NOTICES_KEPT_DAYS=30)
    def test_read_and_closed_ones_go_after_their_time_unread_ones_stay_longer(self):
        before = timezone.now() - timedelta(days=31)
        for key, fields in {
            "read": {"read_at": before},
            "closed": {"closed_at": before},
            "unread": {"told_at": before},
            "forgotten": {"told_at": before - timedelta(days=90)},
            "new": {},
        }.items():
            tell(self.user, key=key)
            self.own().filter(key=key).update(**fields)

        self.assertEqual(prune(), 3)
        self.assertEqual(set(self.own().values_list("key", flat=True)), {"unread", "new"})

    def test_the_application_may_delete_old_ones(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(current_user, 'core_notice', 'DELETE')")
            self.assertTrue(cursor.fetchone()[0])
