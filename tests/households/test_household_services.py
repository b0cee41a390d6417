from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.test import TestCase

from core.models import RowHistory
from core.signals import facts_changed
from core.versions import StaleVersion
from households.models import Household, HouseholdYear, Membership
from households.services import open_household_year, save_household_year, save_person_year
from tests.makers import YEAR, make_household, make_member, make_person_year, make_user, make_village


class Listening(TestCase):
    def setUp(self):
        self.told: list[tuple] = []

        def listen(sender, household_ids, village_ids, year, **words):
            self.told.append((household_ids, year))

        facts_changed.connect(listen)
        self.addCleanup(facts_changed.disconnect, listen)


class SaveHouseholdYearTests(Listening):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user(username="li")
        cls.household = make_household(head=None, facts={"wage": Decimal("10")})

    def setUp(self):
        super().setUp()
        self.row = self.household.years.get()

    def save(self, version=1, **values):
        return save_household_year(self.row, values, version=version, user=self.user, reason="更正")

    def test_the_facts_are_written_with_who_and_why(self):
        self.assertTrue(self.save(wage=Decimal("20")))

        row = (
            RowHistory.objects.filter(table="households_householdyear").select_related("change").latest("pk")
        )
        self.assertEqual((row.changed["wage"], row.changed["version"]), ([1000, 2000], [1, 2]))
        self.assertEqual(
            (row.change.kind, row.change.user_name, row.change.reason), ("household.saved", "li", "更正")
        )
        self.assertEqual(self.told, [([self.household.pk], YEAR)])

    def test_a_fact_can_become_unknown_again(self):
        self.save(wage=None)

        self.assertIsNone(self.household.years.get().wage)

    def test_nothing_new_tells_nobody(self):
        self.assertFalse(self.save(wage=Decimal("10.00")))
        self.assertEqual(self.told, [])

    def test_a_stale_version_is_refused_and_leaves_no_change(self):
        self.save(wage=Decimal("20"))
        history = RowHistory.objects.count()

        with self.assertRaises(StaleVersion):
            self.save(version=1, persons=3)

        self.assertEqual((RowHistory.objects.count(), len(self.told)), (history, 1))

    def test_what_breaks_a_rule_is_refused_in_words(self):
        for values in ({"persons": 0}, {"wage": Decimal("-1")}, {"house_grade": "8"}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.save(**values)
        self.assertTrue(self.save(operating=Decimal("-500")))

    def test_a_closed_year_is_read_only(self):
        self.row.closed = True

        with self.assertRaises(ValidationError):
            self.save(wage=Decimal("20"))


class SavePersonYearTests(Listening):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user()
        cls.household = make_household(head=None)
        cls.member = make_member(cls.household, id_number="")

    def save(self, row, **values):
        return save_person_year(row, values, version=row.version, user=self.user)

    def test_the_household_of_the_person_is_told(self):
        self.save(self.member.person.years.get(), medical_insurance=False)

        self.assertEqual(self.told, [([self.household.pk], YEAR)])
        self.assertEqual(self.household.years.get().uninsured, 1)

    def test_it_is_the_household_of_that_year_even_after_moving(self):
        other = make_household(head=None)
        Membership.objects.filter(pk=self.member.pk).update(to_day=date(2017, 5, 1), to_reason="02")
        Membership.objects.create(household=other, person=self.member.person, from_day=date(2017, 5, 1))

        self.save(self.member.person.years.get(), medical_insurance=False)
        self.save(make_person_year(self.member.person, 2017), medical_insurance=False)

        self.assertEqual(self.told, [([self.household.pk], YEAR), ([other.pk], 2017)])


class OpenYearTests(TestCase):
    def test_every_household_of_the_register_gets_one_row_of_unknown_facts(self):
        homes = [make_household(head=None) for _home in range(3)]
        Household.objects.filter(pk=homes[2].pk).update(cancelled_on="2016-12-01", cancelled_reason="错登")
        make_household(village=make_village("999002101201"), head=None)

        self.assertEqual(open_household_year(999001, 2017), 2)
        self.assertEqual(open_household_year(999001, 2017), 0)

        row = HouseholdYear.objects.get(household=homes[0], year=2017)
        self.assertEqual(
            (row.village_id, row.county, row.wage, row.closed), (homes[0].village_id, 999001, None, False)
        )

    def test_members_and_status_are_counted_at_once(self):
        household = make_household(head=None)
        make_member(household, id_number="")

        open_household_year(999001, 2017)

        row = HouseholdYear.objects.get(household=household, year=2017)
        self.assertEqual((row.members, row.status, row.insurance_unknown), (1, "poor", 1))
