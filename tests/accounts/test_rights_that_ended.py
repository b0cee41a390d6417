"""A right, a grant or an account that has ended: nothing more is done or handed out for it."""

import tempfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts import services
from accounts.handing_over import hand_over
from accounts.models import Grant, User
from core.files import store
from core.jobs import all_kinds, enqueue, run_job
from core.models import Job, StoredFile
from exchange.models import Import, ImportFile
from tests.makers import make_township, make_user

pytestmark = pytest.mark.usefixtures("english")

DAY = date(2016, 10, 18)


def last_day_is_over(user: User) -> None:
    Grant.objects.filter(user=user).update(to_day=date(2016, 10, 17))


def handed_over(user: User) -> None:
    hand_over(user, make_user("township_clerk", False), reason="轮换", from_day=DAY, actor=None)


ENDINGS: dict[str, tuple[Callable[[User], object], str]] = {
    "the account is closed": (lambda u: services.close_account(u, reason="x", actor=None), "account"),
    "the role is taken": (lambda u: services.set_roles(u, ["helper"], actor=None), "no longer has the right"),
    "the grant is taken back": (
        lambda u: services.take_back_grant(u.grants.get(), actor=None),
        "no longer granted",
    ),
    "the last day is over": (last_day_is_over, "no longer granted"),
    "the grants were handed over": (handed_over, "no longer granted"),
}


@override_settings(BUSINESS_DAY=str(DAY))
class RightsThatEndedTests(TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.township = make_township("999001101000")
        self.clerk = make_user("township_clerk", self.township)
        self.client.force_login(self.clerk)

    def make_import(self) -> tuple[Import, str]:
        source = Import.objects.create(
            county=self.township.parent, area_prefix="999001101", year=2016, user_id=self.clerk.pk
        )
        marked = store(BytesIO(b"marked"), kind="marked", user=self.clerk, area_prefix="999001101")
        file = ImportFile.objects.create(source=source, name="a.xlsx", marked=marked)
        return source, reverse("exchange:import-marked", args=[source.pk, file.pk])

    def queue(self, source: Import) -> Job:
        arguments = {"import": source.pk}
        return enqueue("exchange.apply", user=self.clerk, arguments=arguments, area_prefix="999001101")

    def test_a_queued_job_is_refused_in_words_and_does_nothing(self):
        for why, (end, sentence) in ENDINGS.items():
            with self.subTest(why):
                self.setUp()
                source, _address = self.make_import()
                job = self.queue(source)
                end(self.clerk)

                run_job(job.pk)

                job.refresh_from_db()
                source.refresh_from_db()
                self.assertEqual(job.state, Job.State.STOPPED)
                self.assertIn(sentence, job.error)
                self.assertEqual(source.state, Import.State.UPLOADED)

    def test_a_ready_workbook_is_handed_out_no_more(self):
        for why, (end, _sentence) in ENDINGS.items():
            with self.subTest(why):
                self.setUp()
                _source, address = self.make_import()
                self.assertEqual(self.client.get(address).status_code, 200)
                end(self.clerk)

                # Sessions end too, but for a day that is over; who signs in anew is refused all the same.
                self.assertIn(self.client.get(address).status_code, {302, 404})
                self.client.force_login(User.objects.get(pk=self.clerk.pk))
                self.assertIn(self.client.get(address).status_code, {302, 403, 404})

    def test_the_file_itself_is_found_no_more_without_the_area(self):
        for why in ("the account is closed", "the grant is taken back", "the last day is over"):
            with self.subTest(why):
                self.setUp()
                self.make_import()
                ENDINGS[why][0](self.clerk)

                found = StoredFile.objects.visible_to(User.objects.get(pk=self.clerk.pk))
                self.assertFalse(found.exists())

    def test_an_export_asks_for_the_right_of_this_moment(self):
        address = reverse("desk:household-export")
        self.assertEqual(self.client.get(address).status_code, 200)
        services.set_roles(self.clerk, ["helper"], actor=None)
        self.client.force_login(User.objects.get(pk=self.clerk.pk))

        self.assertEqual(self.client.get(address).status_code, 403)

    def test_while_everything_holds_the_job_is_not_refused(self):
        source, _address = self.make_import()
        Import.objects.filter(pk=source.pk).update(state=Import.State.APPLIED)
        job = self.queue(source)

        run_job(job.pk)

        job.refresh_from_db()
        self.assertNotIn("Not done", job.error)

    def test_every_kind_of_job_names_its_right(self):
        kinds = [kind for kind in all_kinds() if not kind.name.startswith("test.")]

        self.assertTrue(kinds)
        self.assertEqual([kind.name for kind in kinds if not kind.right], [])
