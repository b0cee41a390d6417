"""Many clerks at once on one household: the tallies stay right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from core.changes import change
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from tests.households.slow_count import count_members, kept
from tests.makers import make_household

pytestmark = pytest.mark.database
CLIENTS = 50


def add_member(household: Household, number: int) -> None:
    """A clerk enters a member, then finds that every third is not insured and every fifth has left."""
    with change("test.entered", reason=f"clerk {number}"):
        person = Person.objects.create(
            county=household.county, name=f"人{number}", birth_date=date(1995 + number % 20, 9, 1)
        )
        Membership.objects.create(household=household, person=person, from_day=date(2016, 1, 1))
        PersonYear.objects.create(
            person=person, year=2016, school_status="01", medical_insurance=True, health=["03"]
        )
    if number % 3 == 0:
        PersonYear.objects.filter(person=person).update(medical_insurance=False)
    if number % 5 == 0:
        with transaction.atomic():
            Membership.objects.filter(person=person).update(to_day=date(2016, 9, 1), to_reason="08")


def clerks_at_once(household: Household, rounds: int) -> None:
    barrier = Barrier(CLIENTS)

    def work(clerk: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            for turn in range(rounds):
                add_member(household, clerk * rounds + turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))


def test_fifty_clerks_on_one_household(real_database):
    household = make_household()

    clerks_at_once(household, 1)

    row = HouseholdYear.objects.get(household=household)
    assert kept(row) == count_members(row)
    assert row.members == 1 + 50 - 10


@pytest.mark.soak
def test_fifty_clerks_with_twenty_members_each(real_database):
    household = make_household()

    clerks_at_once(household, 20)

    row = HouseholdYear.objects.get(household=household)
    assert kept(row) == count_members(row)
    assert row.members == 1 + 1000 - 200
