"""Savers and readers at once: tallies are never stale and no village is counted twice."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from households.models import HouseholdYear
from households.services import save_household_year
from standards.models import TouchedTally, VillageTally
from standards.services import judge_area
from standards.tallies import refresh_tallies
from tests.makers import YEAR, make_user
from tests.standards.cases import sound_household, sound_village
from tests.standards.county import county_area, standards_for_tests
from tests.standards.test_races import Runner

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("real_database")]
SAVES, READERS, SAVERS = 12, 3, 4


def counted() -> dict[str, int]:
    """Households by main cause as the pages add them up."""
    rows = VillageTally.objects.filter(year=YEAR, kind="cause").order_by().values_list("key")
    return {cause: number for cause, number in rows.annotate(Sum("households")) if number}


def test_many_savers_and_readers_leave_true_tallies(real_database):
    standards_for_tests()
    village = sound_village()
    households = [sound_household(village=village) for _turn in range(SAVERS)]
    judge_area(county_area(), YEAR)
    user = make_user()

    def save(household):
        for turn in range(SAVES):
            row = household.years.get(year=YEAR)
            facts = {"main_cause": f"0{1 + turn % 9}", "wage": Decimal(9000 + turn)}
            save_household_year(row, facts, version=row.version, user=user)

    def read():
        for _turn in range(SAVES):
            refresh_tallies()
            assert sum(counted().values()) == SAVERS

    runners = [Runner(lambda household=household: save(household)) for household in households]
    runners += [Runner(read) for _turn in range(READERS)]
    refresh_tallies()
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join_or_raise()

    refresh_tallies()
    rows = HouseholdYear.objects.filter(year=YEAR).order_by().values_list("main_cause", flat=True)
    assert counted() == {cause: list(rows).count(cause) for cause in set(rows)}
    assert not TouchedTally.objects.exists()
