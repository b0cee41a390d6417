"""The page of years: who may, what is asked, what the job does; imports and API of a closed year."""

from datetime import date
from unittest.mock import patch

import pytest
from django.test import TestCase

from core import jobs
from core.models import Change, Job
from exchange.forms import UploadForm
from households.models import HouseholdYear
from standards.years import close_year
from tests.makers import PASSWORD, YEAR, make_household, make_township, make_user, make_village_year

pytestmark = pytest.mark.usefixtures("english")
ADDRESS = "/years/"
NEW = YEAR + 1


class YearPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.home = make_household(facts={"house_grade": "2", "wage": 5})
        make_village_year(cls.home.village)
        cls.township = make_township()
        cls.county = cls.township.parent
        cls.office = make_user("county_office", cls.county)

    def setUp(self):
        for place in ("standards.years.today", "desk.queries.years.today"):
            patcher = patch(place, return_value=date(YEAR, 12, 31))
            patcher.start()
            self.addCleanup(patcher.stop)
        self.client.force_login(self.office)
        self.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.client.cookies["django_language"] = "en"

    def ask(self, action="open", year=NEW, **typed):
        named = {"do": action, "county": self.county.code, "year": year}
        return self.client.post(ADDRESS, named | {"reason": "年度工作", "password": PASSWORD} | typed)

    def test_only_the_county_office_is_let_in(self):
        for role in ("township_clerk", "county_leader", "system_admin", "helper"):
            self.client.force_login(make_user(role, None if role == "system_admin" else self.township))
            with self.subTest(role):
                self.assertEqual(self.client.get(ADDRESS).status_code, 403)
                self.assertEqual(self.ask().status_code, 403)

    def test_a_township_or_foreign_county_is_no_county_of_ones_own(self):
        for area in (self.township, make_township("999002101000").parent):
            self.client.force_login(make_user("county_office", area))
            with self.subTest(area.name):
                self.assertNotContains(self.client.get(ADDRESS), self.county.code)
                self.assertEqual(self.ask().status_code, 404)

    def test_the_page_offers_what_can_be_done(self):
        page = self.client.get(ADDRESS)

        self.assertContains(page, f"Open {NEW}")
        self.assertContains(page, f"Close {YEAR}")
        question = self.client.get(ADDRESS, {"do": "open", "county": self.county.code, "year": NEW})
        self.assertContains(question, "Income and costs begin empty")
        self.assertContains(question, 'name="password"')

    def test_reason_and_password_are_asked_for(self):
        for typed in ({"reason": ""}, {"password": "wrong"}, {"password": ""}):
            with self.subTest(typed):
                self.assertEqual(self.ask(**typed).status_code, 422)
        self.assertEqual(self.ask(action="reopen", year=YEAR).status_code, 422)
        self.assertEqual(self.ask(action="burn", year=YEAR).status_code, 422)
        self.assertEqual(self.ask(year="x").status_code, 404)
        self.assertFalse(Job.objects.exists())

    def test_the_job_opens_the_year_and_running_it_again_is_harmless(self):
        answer = self.ask()
        job = Job.objects.get()
        self.assertRedirects(answer, f"/jobs/{job.pk}/")

        jobs.run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual((job.state, job.error), ("done", ""))
        row = HouseholdYear.objects.get(household=self.home, year=NEW)
        self.assertEqual((row.house_grade, row.wage), ("2", None))
        change = Change.objects.get(kind="year.opened")
        self.assertEqual((change.user_id, change.reason), (self.office.pk, "年度工作"))

        Job.objects.filter(pk=job.pk).update(state="waiting")
        jobs.run_job(job.pk)
        job.refresh_from_db()
        self.assertEqual((job.state, Change.objects.filter(kind="year.opened").count()), ("done", 1))
        self.assertEqual(self.ask().status_code, 422)

    def test_closing_and_reopening_by_the_page(self):
        for action, closed in (("close", True), ("reopen", False)):
            self.ask(action=action, year=YEAR)
            job = Job.objects.latest("pk")
            jobs.run_job(job.pk)
            job.refresh_from_db()
            with self.subTest(action):
                self.assertEqual((job.state, self.home.years.get().closed), ("done", closed))
                self.assertEqual(self.client.get(ADDRESS).status_code, 200)

    def test_whoever_lost_the_right_meanwhile_changes_nothing(self):
        self.ask()
        self.office.groups.clear()

        jobs.run_job(Job.objects.get().pk)

        self.assertEqual(Job.objects.get().state, "stopped")
        self.assertFalse(HouseholdYear.objects.filter(year=NEW).exists())

    def test_an_upload_and_a_save_by_program_are_refused_with_a_sentence(self):
        close_year(self.county, YEAR, user=self.office)
        form = UploadForm({"area": self.county.pk, "year": YEAR}, user=self.office)
        self.assertIn(f"The year {YEAR} is closed; its facts are read-only.", form.errors["year"])

        for address, values, version in (
            (f"/api/v1/households/{self.home.pk}/years/{YEAR}/", {"house_grade": "3"}, 2),
            (f"/api/v1/villages/{self.home.village.area.code}/years/{YEAR}/", {"bus": True}, 1),
        ):
            answer = self.client.patch(
                address, values, content_type="application/json", headers={"If-Match": f'"{version}"'}
            )
            with self.subTest(address):
                self.assertIn(answer.status_code, (400, 409, 422), answer.content)
                self.assertIn("is closed", answer.content.decode())
        self.assertEqual(self.home.years.get().house_grade, "2")
