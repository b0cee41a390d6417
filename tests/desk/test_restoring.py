"""Put one field back from a row of the history."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import TestCase

from areas.models import Area
from core.models import Change, RowHistory
from households.models import Household, HouseholdYear, Membership, PersonYear
from households.services import save_household_year, save_person_year
from standards.models import HouseholdResult
from standards.outcomes import Outcome
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_member, make_user
from tests.signing_in import sign_in
from villages.models import VillageYear
from villages.services import save_village_year

pytestmark = pytest.mark.usefixtures("english")
ENGLISH = {settings.LANGUAGE_COOKIE_NAME: "en"}
NUMBER = "4100010000000002"
PAGE, VILLAGE_PAGE = f"/households/{NUMBER}/", f"/villages/{VILLAGE}/"


class RestoringTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN), name="何静")
        cls.household = Household.objects.get(number=NUMBER)
        row = HouseholdYear.objects.get(household=cls.household, year=YEAR)
        save_household_year(row, {"wage": Decimal(90000)}, version=row.version, user=cls.clerk)
        cls.history = RowHistory.objects.filter(table="households_householdyear", operation="U").latest("pk")

    def setUp(self):
        sign_in(self.client, self.clerk)
        self.client.cookies.load(ENGLISH)

    @property
    def row(self) -> HouseholdYear:
        return HouseholdYear.objects.get(household=self.household, year=YEAR)

    def put_back(self, *, page: str = PAGE, row: int | None = None, column: str = "wage", **values):
        address = f"{page}restore/?row={row or self.history.pk}&column={column}"
        return self.client.post(address, {"reason": "录错", "seen": self.row.version} | values)

    def test_the_history_offers_it_and_the_page_asks_for_a_reason(self):
        self.assertContains(
            self.client.get(f"{PAGE}history/"), f"restore/?row={self.history.pk}&amp;column=wage"
        )

        page = self.client.get(f"{PAGE}restore/?row={self.history.pk}&column=wage")

        self.assertContains(page, "2,900.00")
        self.assertContains(page, "90,000.00")
        self.assertContains(self.put_back(reason=""), "This field is required", status_code=422)
        self.assertEqual(self.row.wage, 90000)

    def test_the_old_value_comes_back_with_a_change_of_its_own_and_the_verdict_follows(self):
        self.assertEqual(HouseholdResult.objects.get(household=self.household).verdict, Outcome.MET)

        self.assertRedirects(self.put_back(), PAGE, fetch_redirect_response=False)

        self.assertEqual(self.row.wage, 2900)
        made = Change.objects.latest("pk")
        self.assertEqual((made.kind, made.user_id, made.reason), ("household.saved", self.clerk.pk, "录错"))
        self.assertIn(str(self.history.change_id), made.evidence)
        self.assertEqual(HouseholdResult.objects.get(household=self.household).verdict, Outcome.NOT_MET)
        self.assertContains(self.put_back(), "holds this value already", status_code=422)

    def test_an_old_version_is_refused_and_shows_what_stands(self):
        seen = self.row.version
        save_household_year(self.row, {"wage": Decimal(5000)}, version=seen, user=self.clerk)

        answer = self.put_back(seen=seen)

        self.assertContains(answer, "Somebody else saved this record", status_code=422)
        self.assertContains(answer, "5,000.00", status_code=422)
        self.assertEqual(self.row.wage, 5000)

    def test_a_closed_year_is_refused_for_household_and_person(self):
        person = PersonYear.objects.filter(person__memberships__household=self.household, year=YEAR).first()
        save_person_year(person, {"school_status": "02"}, version=person.version, user=self.clerk)
        of_person = RowHistory.objects.filter(table="households_personyear", operation="U").latest("pk")
        HouseholdYear.objects.filter(pk=self.row.pk).update(closed=True)

        for row, column, seen in (
            (self.history.pk, "wage", self.row.version),
            (of_person.pk, "school_status", person.version),
        ):
            answer = self.put_back(row=row, column=column, seen=seen)
            self.assertContains(answer, "is closed", status_code=422)
        self.assertEqual(self.row.wage, 90000)

    def test_a_value_that_is_not_valid_any_more_is_refused(self):
        row = self.row
        HouseholdYear.objects.filter(pk=row.pk).update(main_cause="zz")
        save_household_year(self.row, {"main_cause": "02"}, version=row.version, user=self.clerk)
        history = RowHistory.objects.filter(table="households_householdyear", operation="U").latest("pk")

        answer = self.put_back(row=history.pk, column="main_cause")

        self.assertContains(answer, "not valid any more", status_code=422)
        self.assertEqual(self.row.main_cause, "02")

    def test_rows_of_others_and_nonsense_are_not_found(self):
        other = HouseholdYear.objects.get(household__number="4100010000000001", year=YEAR)
        save_household_year(other, {"wage": Decimal(1)}, version=other.version, user=self.clerk)
        foreign = RowHistory.objects.latest("pk").pk
        for row, column in (
            (foreign, "wage"),
            (self.history.pk, "house_grade"),
            (self.history.pk, "version"),
            (self.history.pk, "x"),
            ("abc", "wage"),
            ("9" * 40, "wage"),
        ):
            with self.subTest(row=row, column=column):
                self.assertEqual(self.put_back(row=row, column=column).status_code, 404)

    def test_a_village_too(self):
        row = VillageYear.objects.get(village__area__code=VILLAGE, year=YEAR)
        save_village_year(row, {"clinics": 4}, version=row.version, user=self.clerk)
        save_village_year(row, {"clinics": 5}, version=row.version, user=self.clerk)
        history = RowHistory.objects.filter(table="villages_villageyear", operation="U").latest("pk")
        shown = self.client.get(f"{VILLAGE_PAGE}history/")
        self.assertContains(shown, "卫生室个数")
        self.assertContains(shown, "<del>4</del>")

        answer = self.put_back(page=VILLAGE_PAGE, row=history.pk, column="clinics", seen=row.version)

        self.assertRedirects(answer, VILLAGE_PAGE, fetch_redirect_response=False)
        row.refresh_from_db()
        self.assertEqual(row.clinics, 4)

    def test_three_people(self):
        for role, area, status in (
            ("township_clerk", Area.objects.get(code=NEXT_TOWN), 404),
            ("township_clerk", False, 404),
            ("supervisor", self.county, 403),
        ):
            sign_in(self.client, make_user(role, area))
            with self.subTest(role):
                self.assertEqual(self.put_back().status_code, status)
        self.assertNotContains(self.client.get(f"{PAGE}history/"), "restore/")
        self.assertEqual(self.row.wage, 90000)


class PeopleWhoMovedTests(TestCase):
    """Who has moved to the next township belongs to its clerk, with all that is written from then on."""

    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN), username="here")
        cls.office = make_user("county_office", cls.county, username="office")
        here = Household.objects.get(number=NUMBER)
        there = Household.objects.filter(village__area__code__startswith=NEXT_TOWN[:9]).first()
        member = make_member(here, name="远走他", facts={"work_months": 3})
        Membership.objects.filter(pk=member.pk).update(to_day=date(YEAR, 6, 1), to_reason="08")
        Membership.objects.create(
            household=there, person=member.person, relation="10", from_day=date(YEAR, 6, 1)
        )
        row = PersonYear.objects.get(person=member.person, year=YEAR)
        save_person_year(row, {"work_months": 7}, version=row.version, user=cls.office)
        cls.history = RowHistory.objects.filter(table="households_personyear", operation="U").latest("pk")

    def setUp(self):
        self.client.cookies.load(ENGLISH)

    def asked(self, user):
        sign_in(self.client, user)
        address = f"{PAGE}restore/?row={self.history.pk}&column=work_months"
        offered = f"row={self.history.pk}&amp;column=work_months"
        shown = offered in self.client.get(f"{PAGE}history/?all=1").content.decode()
        return shown, self.client.get(address).status_code, self.client.post(address, {}).status_code

    def test_the_clerk_they_left_neither_sees_nor_writes_it(self):
        self.assertEqual(self.asked(self.clerk), (False, 404, 404))

    def test_the_county_that_holds_both_still_does(self):
        self.assertEqual(self.asked(self.office), (True, 200, 422))
