"""The inbox: what waits for a person, own notices only, read once, a digest a morning."""

from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts.models import SignInAttempts, User
from core.models import Heartbeat, Job, Notice
from core.notices import notify, unread_count
from dashboards.digest import send_digests
from dashboards.queries.waiting import waiting_for
from exchange.models import Import, ImportFile, ImportSheet, StagedRow
from standards.doubts import open_doubt
from standards.models import DirtyVillage, Subject
from tests.desk.county import NEXT_TOWN, TOWN, make_county
from tests.makers import YEAR, make_area, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")
WORDS = "There is one notice for each matter: %(count)s."


def make_import(county, *, user=None, state=Import.State.COMPARED, refused=(), prefix=""):
    """An import with one sheet of households whose rows with these keys were refused."""
    source = Import.objects.create(
        county=county,
        area_prefix=prefix or county.prefix,
        year=YEAR,
        state=state,
        user_id=getattr(user, "pk", None),
    )
    file = ImportFile.objects.create(source=source, name="a.xlsx")
    sheet = ImportSheet.objects.create(file=file, index=0, format="households", refused=len(refused))
    add_rows(sheet, refused, StagedRow.State.REFUSED)
    return sheet


def add_rows(sheet, keys, state):
    StagedRow.objects.bulk_create(
        StagedRow(
            source=sheet.file.source,
            sheet=sheet,
            format="households",
            number=n,
            state=state,
            year=YEAR,
            key=key,
        )
        for n, key in enumerate(keys, start=3)
    )


def matters(user) -> dict[str, int]:
    return {matter.code: matter.count for matter in waiting_for(User.objects.get(pk=user.pk))}


class WaitingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.office = make_user("county_office", cls.county)
        cls.clerk, cls.next_clerk = (
            make_user("township_clerk", make_area(code)) for code in (TOWN, NEXT_TOWN)
        )

    def test_nothing_waits_at_first(self):
        self.assertEqual(matters(self.office), {})

    def test_own_imports_wait_for_confirmation_those_of_others_do_not(self):
        source = make_import(self.county, user=self.office).file.source

        self.assertEqual(matters(self.office), {"confirm": 1})
        self.assertEqual(waiting_for(self.office)[0].address, f"/exchange/imports/{source.pk}/")
        self.assertEqual(matters(make_user("county_office", self.county)), {})

    def test_refused_rows_wait_for_everybody_of_the_area(self):
        make_import(self.county, prefix=TOWN[:9], refused=("1", "2"), state=Import.State.APPLIED)

        self.assertEqual(matters(self.clerk), {"refused": 2})
        self.assertEqual(matters(self.next_clerk), {})
        self.assertEqual(matters(make_user("county_leader", self.county)), {})

    def test_a_refused_row_is_closed_when_a_later_import_brings_it_rightly(self):
        make_import(self.county, refused=("1", "2"), state=Import.State.APPLIED)
        add_rows(make_import(self.county), ["1"], StagedRow.State.CHANGED)
        make_import(self.county, refused=("2",), state=Import.State.APPLIED)

        self.assertEqual(matters(self.office), {"refused": 2})

    def test_refused_rows_of_an_abandoned_import_do_not_count(self):
        make_import(self.county, refused=("1",), state=Import.State.ABANDONED)

        self.assertEqual(matters(self.office), {})

    def test_own_failed_jobs_and_for_the_administrator_all(self):
        for owner in (self.office, self.clerk):
            Job.objects.create(
                kind="test.nothing", state=Job.State.FAILED, user_id=owner.pk,
                area_prefix=TOWN[:9], finished_at=timezone.now(),
            )  # fmt: skip
        Heartbeat.objects.create(name="test.task", failures=2)

        self.assertEqual(matters(self.clerk), {"jobs": 1})
        self.assertEqual(matters(make_user("system_admin", False)), {"jobs": 2, "timetable": 1})

    def test_doubts_and_villages_that_are_not_judged(self):
        from households.models import Household

        household = Household.objects.get(number="4100010000000001")
        open_doubt(
            subject=Subject.HOUSEHOLD, subject_id=household.pk, year=YEAR, indicator="income",
            source_kind="test", source_id=1,
        )  # fmt: skip
        hour_ago = timezone.now() - timedelta(hours=1)
        DirtyVillage.objects.update_or_create(
            village=household.village, year=YEAR, defaults={"since": hour_ago}
        )

        self.assertEqual(matters(self.office), {"doubts": 1, "judge": 1})
        self.assertEqual(matters(self.clerk), {"doubts": 1})
        self.assertEqual(matters(self.next_clerk), {})

    def test_dormant_accounts_and_locked_names_wait_for_security(self):
        ages_ago = timezone.now() - timedelta(days=91)
        User.objects.filter(pk=self.clerk.pk).update(created_at=ages_ago, last_seen_at=ages_ago)
        User.objects.filter(pk=self.next_clerk.pk).update(created_at=ages_ago, last_seen_at=timezone.now())
        SignInAttempts.objects.create(name_hash=b"1", locked_until=timezone.now() + timedelta(minutes=5))

        self.assertEqual(matters(make_user("security_admin", False)), {"dormant": 1, "locked": 1})

    def test_what_presses_stands_first(self):
        make_import(self.county, user=self.office, refused=("1",))

        self.assertEqual([matter.code for matter in waiting_for(self.office)], ["confirm", "refused"])

    def test_the_number_of_queries_does_not_grow_with_what_waits(self):
        for _number in range(5):
            make_import(self.county, user=self.office, refused=("1", "2"))
        user = User.objects.get(pk=self.office.pk)

        with self.assertNumQueries(10):
            waiting_for(user)

    def test_a_digest_comes_once_a_morning_to_those_for_whom_something_waits(self):
        make_import(self.county, user=self.office, refused=("1",))

        self.assertEqual(send_digests(), 1)
        self.assertEqual(send_digests(), 0)
        notice = Notice.objects.get()
        self.assertEqual(
            (notice.user_id, notice.values["count"], notice.values["urgent"]), (self.office.pk, 2, 1)
        )


class InboxPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("township_clerk")
        cls.colleague = make_user("township_clerk")

    def setUp(self):
        sign_in(self.client, self.user)
        notify([self.user], kind="test.matter", key="1", words=WORDS, values={"count": 1}, address="/jobs/")
        notify([self.user], kind="test.matter", key="2", words=WORDS, values={"count": 2})
        notify([self.colleague], kind="test.matter", key="1", words=WORDS, values={"count": 7})
        self.notice = Notice.objects.get(user_id=self.user.pk, key="1")

    def unread(self):
        return unread_count(self.user), unread_count(self.colleague)

    def test_own_notices_stand_there_with_the_count_in_the_bar(self):
        response = self.client.get("/inbox/")

        self.assertContains(response, "each matter: 2.")
        self.assertNotContains(response, "each matter: 7.")
        self.assertContains(response, '<span class="cnt" aria-hidden="true">2</span>')

    def test_opening_one_marks_it_read_and_leads_to_its_page(self):
        response = self.client.post(f"/inbox/{self.notice.pk}/open/")

        self.assertRedirects(response, "/jobs/", fetch_redirect_response=False)
        self.assertEqual(self.unread(), (1, 1))

    def test_the_notice_of_another_does_not_exist(self):
        foreign = Notice.objects.get(user_id=self.colleague.pk)

        self.assertEqual(self.client.post(f"/inbox/{foreign.pk}/open/").status_code, 404)
        self.client.post("/inbox/read/", {"notice": foreign.pk})
        self.assertEqual(self.unread(), (2, 1))

    def test_one_or_all_are_marked_as_read(self):
        self.client.post("/inbox/read/", {"notice": self.notice.pk})
        self.assertEqual(self.unread(), (1, 1))

        self.client.post("/inbox/read/", {"notice": "' or 1=1"})
        self.assertEqual(self.unread(), (1, 1))

        self.assertRedirects(self.client.post("/inbox/read/"), "/inbox/")
        self.assertEqual(self.unread(), (0, 1))

    def test_the_bell_alone_for_the_frame(self):
        self.assertRedirects(self.client.get("/inbox/bell/"), "/inbox/")

        response = self.client.get("/inbox/bell/", headers={"HX-Request": "true"})
        self.assertContains(response, 'class="cnt"')
        self.assertNotContains(response, "<html")

    def test_no_bell_before_signing_in(self):
        self.client.logout()

        self.assertNotContains(self.client.get("/sign-in/"), 'id="bell"')
