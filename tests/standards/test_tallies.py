"""Tallies of villages: they add up, and no write leaves them stale."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import TestCase

from households.models import Household, HouseholdYear
from standards.bands import BANDS, UNKNOWN, band_is
from standards.doubts import close_doubt, open_doubt
from standards.models import HouseholdResult, StandardVersion, TouchedTally, VillageTally
from standards.services import judge_area, judge_households
from standards.tallies import refresh_tallies
from tests.desk.county import NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE, make_county
from tests.makers import YEAR, make_household, make_village

Kind = VillageTally.Kind
pytestmark = pytest.mark.database


def counted(kind: str, village: str = "") -> Counter:
    """Households by (key, verdict), after what every reader does first."""
    refresh_tallies()
    rows = VillageTally.objects.filter(kind=kind)
    rows = rows.filter(village__area__code=village) if village else rows
    sums = rows.order_by().values_list("key", "verdict").annotate(Sum("households"))
    return Counter({(key, verdict): number for key, verdict, number in sums})


class TallyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.household = Household.objects.get(number="4100010000000002")

    def test_every_kind_adds_up_to_the_register(self):
        for kind in Kind.values:
            with self.subTest(kind):
                self.assertEqual(sum(counted(kind).values()), 6)

    def test_the_bands_are_those_of_the_list(self):
        tallies = Counter()
        for (key, _verdict), number in counted(Kind.BAND).items():
            tallies[key] += number
        line = StandardVersion.objects.in_force("household", self.county.code, YEAR).line(YEAR)

        for code in [*(band.code for band in BANDS), UNKNOWN]:
            listed = HouseholdResult.objects.filter(band_is(code, line)).count()
            with self.subTest(code):
                self.assertEqual(tallies[code], listed)

    def test_reading_leaves_nothing_touched(self):
        refresh_tallies()

        self.assertFalse(TouchedTally.objects.exists())
        self.assertEqual(refresh_tallies(), 0)

    def test_a_saved_fact_is_counted(self):
        refresh_tallies()
        HouseholdYear.objects.filter(household=self.household).update(main_cause="02")

        self.assertEqual(counted(Kind.CAUSE, VILLAGE)["02", 0], 1)

    def test_sql_by_hand_is_counted(self):
        refresh_tallies()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE households_householdyear SET planned_route = 'dibao' WHERE household_id = %s",
                [self.household.pk],
            )

        self.assertEqual(counted(Kind.ROUTE, VILLAGE)["dibao", 0], 1)

    def test_a_new_verdict_is_counted(self):
        refresh_tallies()
        HouseholdYear.objects.filter(household=self.household).update(wage=9_000_00)
        judge_households([self.household.pk], YEAR)

        self.assertEqual(counted(Kind.DOUBT, VILLAGE)["0", 1], 2)

    def test_a_doubt_is_counted_and_taken_back(self):
        doubt = open_doubt(
            subject="household",
            subject_id=self.household.pk,
            year=YEAR,
            indicator="income",
            source_kind="test",
            source_id=1,
        )
        self.assertEqual(counted(Kind.DOUBT, VILLAGE)["1", 0], 1)

        close_doubt(doubt)

        self.assertEqual(counted(Kind.DOUBT, VILLAGE)["1", 0], 0)

    def test_a_new_household_is_counted_before_it_is_judged(self):
        refresh_tallies()
        make_household("4100010000000077", village=make_village(OTHER_VILLAGE))
        HouseholdResult.objects.filter(household__number="4100010000000077").delete()

        self.assertEqual(counted(Kind.OUTCOMES, OTHER_VILLAGE)["", 2], 1)

    def test_a_household_that_moves_counts_in_the_other_village(self):
        refresh_tallies()
        Household.objects.filter(pk=self.household.pk).update(village=make_village(NEXT_VILLAGE))

        self.assertEqual(sum(counted(Kind.CAUSE, VILLAGE).values()), 2)
        self.assertEqual(sum(counted(Kind.CAUSE, NEXT_VILLAGE).values()), 3)

    def test_a_cancelled_household_counts_no_more(self):
        refresh_tallies()
        Household.objects.filter(pk=self.household.pk).update(
            cancelled_on=date(YEAR, 6, 1), cancelled_reason="迁出"
        )

        self.assertEqual(sum(counted(Kind.BAND).values()), 5)

    def test_one_saved_household_touches_its_village_only(self):
        refresh_tallies()
        HouseholdYear.objects.filter(household=self.household).update(main_cause="02")

        touched = set(TouchedTally.objects.values_list("village_id", flat=True))

        self.assertEqual(touched, {self.household.village_id})

    def test_judging_again_without_changes_touches_nothing(self):
        refresh_tallies()
        judge_area(self.county, YEAR)

        self.assertFalse(TouchedTally.objects.exists())
