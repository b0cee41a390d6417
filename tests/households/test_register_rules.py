"""What the database itself holds of the register, whoever writes."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.test import TestCase

from core.models import RowHistory
from households.models import (
    Household,
    HouseholdNumberAlias,
    HouseholdStatus,
    HouseholdYear,
    Membership,
    PersonYear,
)
from households.models.year import TALLIES
from tests.makers import (
    YEAR,
    make_household,
    make_member,
    make_person,
    make_status,
    make_village,
)


class NumberTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.household = make_household("41", head=None)

    def test_a_number_is_unique_within_its_county(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_household("41", head=None)

        self.assertEqual(make_household("41", village=make_village("999002101201"), head=None).county, 999002)

    def test_the_number_of_a_cancelled_household_no_longer_stands_in_the_way(self):
        Household.objects.update(cancelled_on=date(2016, 5, 1), cancelled_reason="错登")

        self.assertTrue(make_household("41", head=None))

    def test_a_household_is_cancelled_with_a_reason_only(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Household.objects.update(cancelled_on=date(2016, 5, 1))

    def test_a_number_is_never_empty_and_an_alias_stands_once(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Household.objects.update(number="")
        HouseholdNumberAlias.objects.create(household=self.household, number="40", county=999001)
        with self.assertRaises(IntegrityError), transaction.atomic():
            HouseholdNumberAlias.objects.create(household=self.household, number="40", county=999001)


class StatusTests(TestCase):
    """The current status and the year's come from the dated rows."""

    def setUp(self):
        self.household = make_household(status=None, head=None)

    def statuses(self):
        self.household.refresh_from_db()
        return self.household.status, self.household.years.get().status

    def test_without_rows_it_is_unknown(self):
        self.assertEqual(self.statuses(), (None, None))

    def test_the_last_row_is_the_current_one_the_year_takes_that_of_its_end(self):
        make_status(self.household, "poor", date(2016, 1, 1))
        make_status(self.household, "planned", date(2016, 12, 31))
        make_status(self.household, "out", date(2017, 1, 1))

        self.assertEqual(self.statuses(), ("out", "planned"))

    def test_rows_come_in_any_order(self):
        make_status(self.household, "planned", date(2016, 6, 1))
        make_status(self.household, "poor", date(2014, 1, 1))

        self.assertEqual(self.statuses(), ("planned", "planned"))

    def test_a_corrected_row_is_followed(self):
        status = make_status(self.household, "poor", date(2016, 1, 1))
        HouseholdStatus.objects.filter(pk=status.pk).update(status="returned")

        self.assertEqual(self.statuses(), ("returned", "returned"))

    def test_one_status_a_day(self):
        make_status(self.household)
        with self.assertRaises(IntegrityError), transaction.atomic():
            make_status(self.household, "out")

    def test_a_closed_year_keeps_its_status(self):
        make_status(self.household, "poor", date(2016, 1, 1))
        self.household.years.update(closed=True)
        make_status(self.household, "out", date(2016, 6, 1))

        self.assertEqual(self.statuses(), ("out", "poor"))


class MembershipTests(TestCase):
    def test_a_person_belongs_to_one_household_at_a_time(self):
        member = make_member()
        other = make_household(head=None)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Membership.objects.create(household=other, person=member.person, from_day=date(2016, 2, 1))

        Membership.objects.filter(pk=member.pk).update(to_day=date(2016, 2, 1), to_reason="02")
        Membership.objects.create(household=other, person=member.person, from_day=date(2016, 2, 1))

    def test_a_membership_ends_after_it_began_and_with_a_reason(self):
        member = make_member()
        for values in ({"to_day": date(2015, 1, 1), "to_reason": "01"}, {"to_day": date(2016, 3, 1)}):
            with self.subTest(values), self.assertRaises(IntegrityError), transaction.atomic():
                Membership.objects.filter(pk=member.pk).update(**values)

    def test_the_head_s_name_follows_memberships_and_names(self):
        household = make_household(head="张三")
        head = household.memberships.get()
        head.person.name = "张三丰"
        head.person.save(update_fields=["name"])
        household.refresh_from_db()
        self.assertEqual(household.head_name, "张三丰")

        Membership.objects.filter(pk=head.pk).update(to_day=date(2016, 3, 1), to_reason="01")
        make_member(household, name="李四", relation="01", id_number="")
        household.refresh_from_db()

        self.assertEqual(household.head_name, "李四")


class YearRuleTests(TestCase):
    def test_one_row_a_household_or_person_and_year(self):
        household, person = make_household(head=None), make_person(id_number="")
        PersonYear.objects.create(person=person, year=YEAR)
        for create in (
            lambda: HouseholdYear.objects.create(household=household, village=household.village, year=YEAR),
            lambda: PersonYear.objects.create(person=person, year=YEAR),
        ):
            with self.assertRaises(IntegrityError), transaction.atomic():
                create()

    def test_amounts_and_counts_out_of_range(self):
        household = make_household(head=None)
        for values in ({"persons": 0}, {"persons": 51}, {"wage": -1}, {"operating_cost": -1}, {"year": 1999}):
            with self.subTest(values), self.assertRaises(IntegrityError), transaction.atomic():
                household.years.update(**values)
        household.years.update(operating=-1)

    def test_months_of_work(self):
        row = PersonYear.objects.create(person=make_person(id_number=""), year=YEAR, work_months=12)
        with self.assertRaises(IntegrityError), transaction.atomic():
            PersonYear.objects.filter(pk=row.pk).update(work_months=13)

    def test_the_county_and_the_village_come_from_the_household(self):
        household = make_household(village=make_village("999002101201"), head=None)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO households_householdyear (household_id, year, version, closed, members, school_age,"
                " out_of_school, school_unknown, uninsured, insurance_unknown, seriously_ill, ill_without_relief,"
                " ill_relief_unknown) VALUES (%s, 2015, 1, false, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                [household.pk],
            )

        row = household.years.get(year=2015)
        self.assertEqual((row.county, row.village_id), (999002, household.village_id))

    def test_tallies_stand_in_no_history(self):
        household = make_household(head=None)
        before = RowHistory.objects.filter(table="households_householdyear").count()
        make_member(household, id_number="")

        rows = RowHistory.objects.filter(table="households_householdyear")
        self.assertEqual(rows.count(), before)
        self.assertFalse(set(TALLIES) & set(rows.latest("pk").image))
