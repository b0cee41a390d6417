"""The day of birth stands in the ID number: where the number is masked, only the year may stand."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from core.changes import change
from core.models import Change
from exchange.display import shown_rows
from exchange.models import StagedRow
from households.models import Person
from standards.comparison import Cause
from standards.templatetags.standards import as_fact
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import household, id_number, person, table
from tests.makers import make_household, make_township, make_user, make_village
from tests.signing_in import sign_in

OLD, NEW = date(1970, 5, 1), date(1971, 8, 23)
DAYS = ("1970-05-01", "1971-08-23", "19700501", "19710823", "1970年5月1日", "1971年8月23日")


class PreviewTests(ImportTestCase):
    def corrected(self, born: date):
        self.put_in(table(household, household()), table(person, person()))
        return self.read(table(person, person(证件号码=id_number(9, born))))

    def test_the_page_and_the_interface_show_the_year(self):
        source = self.corrected(NEW)
        sign_in(self.client, make_user("county_office", self.county))

        page = self.client.get(reverse("exchange:import", args=[source.pk]) + "?show=changed")
        rows = self.client.get(f"/api/v1/imports/{source.pk}/rows/?state=changed")

        for answer in (page, rows):
            text = answer.content.decode()
            self.assertIn("出生日期", text)
            self.assertIn("1971", text)
            for day in DAYS:
                self.assertNotIn(day, text)

    def test_another_day_of_the_same_year_is_said_and_not_shown(self):
        source = self.corrected(date(1970, 8, 23))

        shown = shown_rows(StagedRow.objects.filter(source=source))[0].differences

        born = next(one for one in shown if one.label == "出生日期")
        self.assertEqual(born.before, "1970")
        self.assertNotIn("1970", born.after)
        self.assertTrue(born.after)


class HistoryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.township = make_township()
        cls.clerk = make_user("township_clerk", cls.township, username="clerk")
        with change("import.applied", user=cls.clerk, area="999001101"):
            cls.household = make_household(village=make_village())
        cls.person = Person.objects.get(memberships__household=cls.household)
        with change("household.saved", user=cls.clerk, area="999001101"):
            Person.objects.filter(pk=cls.person.pk).update(birth_date=NEW)

    def assert_year_only(self, answer):
        text = answer.content.decode()
        self.assertIn("出生日期", text)
        self.assertIn("1971" if "1971" in text else "1970", text)
        for day in DAYS:
            self.assertNotIn(day, text)

    def test_of_a_household(self):
        sign_in(self.client, self.clerk)

        self.assert_year_only(self.client.get(f"/households/{self.household.number}/history/"))

    def test_of_the_audit_written_and_changed(self):
        sign_in(self.client, make_user("auditor", self.township, username="auditor"))

        for written in Change.objects.filter(kind__in=["import.applied", "household.saved"]):
            self.assert_year_only(self.client.get(f"/audit/changes/{written.pk}/"))

    def test_of_a_comparison(self):
        cause = Cause("households_person", "birth_date", "1970-05-01", "1971-08-23")

        self.assertEqual([as_fact(cause.before, cause), as_fact(cause.after, cause)], ["1970", "1971"])
