"""The members' tallies that the database keeps on each household's year."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test import TestCase

from households.generation.county import generate_county
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from tests.database import as_owner
from tests.households.slow_count import differences, kept
from tests.makers import (
    make_county,
    make_household,
    make_household_year,
    make_member,
    make_person,
    make_status,
)

pytestmark = pytest.mark.database


def run(sql: str, params: list | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


class GeneratedTallyTests(TestCase):
    """On a generated county, also after statements that touch many rows at once."""

    @classmethod
    def setUpTestData(cls):
        with as_owner():
            generate_county(make_county(), 150, seed=3)

    def test_tallies_equal_the_slow_count(self):
        self.assertEqual(differences(), [])

    def test_every_tally_occurs(self):
        from tests.households.slow_count import TALLIES

        missing = [
            name for name in TALLIES if not HouseholdYear.objects.filter(**{f"{name}__gt": 0}).exists()
        ]

        self.assertEqual(missing, [])

    def test_after_changing_facts_of_many_people(self):
        run(
            "UPDATE households_personyear SET medical_insurance = NULL, health = '{02,03}' WHERE person_id % 7 = 0"
        )
        run(
            "UPDATE households_personyear SET school_status = NULL, dropout_reason = '02' WHERE person_id % 5 = 0"
        )

        self.assertEqual(differences(), [])

    def test_after_changing_birth_dates(self):
        run("UPDATE households_person SET birth_date = '2008-09-01' WHERE id % 3 = 0")
        run("UPDATE households_person SET birth_date = NULL WHERE id % 4 = 0")

        self.assertEqual(differences(), [])

    def test_after_ending_memberships(self):
        run(
            "UPDATE households_membership SET to_day = '2016-12-31', to_reason = '01' WHERE id % 3 = 0 AND to_day IS NULL"
        )
        run(
            "UPDATE households_membership SET to_day = '2017-01-01', to_reason = '01' WHERE id % 3 = 1 AND to_day IS NULL"
        )

        self.assertEqual(differences(), [])

    def test_after_moving_people_to_other_households(self):
        first = Household.objects.order_by("pk").first()
        run("UPDATE households_membership SET household_id = %s WHERE id %% 9 = 0", [first.pk])

        self.assertEqual(differences(), [])

    def test_after_opening_the_next_year(self):
        with as_owner():
            run(
                "INSERT INTO households_householdyear (household_id, year, version, closed, members, school_age,"
                " out_of_school, school_unknown, uninsured, insurance_unknown, seriously_ill,"
                " ill_without_relief, ill_relief_unknown)"
                " SELECT id, 2017, 1, false, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM households_household"
            )

        self.assertEqual(differences(), [])
        self.assertEqual(HouseholdYear.objects.filter(year=2017, village=None).count(), 0)

    def test_after_deleting_yearly_facts_of_people(self):
        with as_owner():
            run("DELETE FROM households_personyear WHERE person_id % 6 = 0")

        self.assertEqual(differences(), [])


class TallyTests(TestCase):
    """One household, one statement of each kind."""

    @classmethod
    def setUpTestData(cls):
        cls.household = make_household()
        cls.year = cls.household.years.get()

    def tallies(self, *names: str) -> tuple:
        found = kept(self.year)
        return tuple(found[name] for name in names)

    def test_a_member_counts_at_once(self):
        make_member(self.household, facts={"medical_insurance": False})

        self.assertEqual(self.tallies("members", "uninsured"), (2, 1))

    def test_a_member_who_left_counts_no_more(self):
        member = make_member(self.household)

        Membership.objects.filter(pk=member.pk).update(to_day=date(2016, 6, 1), to_reason="02")

        self.assertEqual(self.tallies("members"), (1,))

    def test_a_member_who_leaves_next_year_counts_this_year(self):
        member = make_member(self.household)

        Membership.objects.filter(pk=member.pk).update(to_day=date(2017, 1, 1), to_reason="02")

        self.assertEqual(self.tallies("members"), (2,))

    def test_school_age_ends_on_the_sixteenth_birthday(self):
        for birth in (date(2000, 9, 1), date(2000, 9, 2), date(2010, 9, 1), date(2010, 9, 2)):
            make_member(self.household, birth_date=birth)

        self.assertEqual(self.tallies("school_age", "out_of_school"), (2, 2))

    def test_a_reason_other_than_poverty_excuses(self):
        make_member(self.household, birth_date=date(2006, 1, 1), facts={"dropout_reason": "02"})

        self.assertEqual(self.tallies("school_age", "out_of_school"), (1, 0))

    def test_serious_illness_with_relief_unknown(self):
        make_member(self.household, facts={"health": ["02", "03"], "serious_illness_relief": None})

        self.assertEqual(self.tallies("seriously_ill", "ill_relief_unknown"), (1, 1))

    def test_members_without_a_yearly_row_are_unknown(self):
        Membership.objects.create(household=self.household, person=make_person(), from_day=date(2016, 1, 1))

        self.assertEqual(self.tallies("members", "insurance_unknown"), (2, 1))

    def test_copy_counts(self):
        people = [make_person(county=self.household.county).pk for _ in range(3)]
        lines = "".join(f"{self.household.pk}\t{pk}\t2016-01-01\t00\t1\n" for pk in people)

        with connection.cursor() as cursor:
            cursor.copy_expert(
                "COPY households_membership (household_id, person_id, from_day, from_reason, version) FROM STDIN",
                io.StringIO(lines),
            )

        self.assertEqual(self.tallies("members"), (4,))

    def test_marrying_into_another_household_moves_the_count(self):
        other = make_household()
        member = make_member(self.household)

        Membership.objects.filter(pk=member.pk).update(household=other)

        self.assertEqual(self.tallies("members"), (1,))
        self.assertEqual(kept(other.years.get())["members"], 2)

    def test_a_closed_year_keeps_its_tallies(self):
        HouseholdYear.objects.filter(pk=self.year.pk).update(closed=True)

        make_member(self.household)

        self.assertEqual(self.tallies("members"), (1,))

    def test_the_head_is_named(self):
        head = self.household.memberships.get(relation="01")

        Person.objects.filter(pk=head.person_id).update(name="赵新名")

        self.household.refresh_from_db()
        self.assertEqual(self.household.head_name, "赵新名")

    def test_a_status_counts_from_its_day(self):
        next_year = make_household_year(self.household, 2017)

        make_status(self.household, "out", date(2017, 3, 1))

        self.year.refresh_from_db()
        next_year.refresh_from_db()
        self.household.refresh_from_db()
        self.assertEqual((self.year.status, next_year.status, self.household.status), ("poor", "out", "out"))

    def test_deleting_yearly_facts_makes_them_unknown(self):
        member = make_member(self.household)

        with as_owner():
            PersonYear.objects.filter(person=member.person).delete()

        self.assertEqual(self.tallies("members", "insurance_unknown"), (2, 1))
