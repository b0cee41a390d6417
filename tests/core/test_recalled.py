"""Rows of the past: written with images, brought in bulk without them, gone, not there yet."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase
from django.utils import timezone

from core.changes import change
from core.models import Change, RowHistory
from core.recalled import Recall, row_of
from households.models import HouseholdYear
from tests.database import as_owner
from tests.makers import YEAR, make_household, make_household_year


def in_bulk(write, county=999001, kind="households.generated"):
    """Write as generated data is written: one change, no images."""
    with as_owner(), change(kind, county=county), connection.cursor() as cursor:
        cursor.execute("SET LOCAL core.row_images = 'off'")
        made = write()
        cursor.execute("SET LOCAL core.row_images = ''")
    return made


class RecalledTests(TestCase):
    def stood(self, key: int, moment: datetime, county: int = 999001) -> HouseholdYear | None:
        return Recall(moment, county).rows(HouseholdYear, [key]).get(key)

    def edit(self, key: int, **values) -> datetime:
        """Write and return the moment after."""
        with change("household.saved"):
            HouseholdYear.objects.filter(pk=key).update(**values)
        return timezone.now()

    def test_a_row_stands_as_its_last_image_before_the_moment(self):
        with change("household.saved"):
            key = (
                make_household(facts={"wage": Decimal("10.05"), "house_area": Decimal("80.50")})
                .years.get()
                .pk
            )
        first = timezone.now()
        second = self.edit(key, wage=Decimal("20.10"), house_grade="1")
        self.edit(key, wage=None)

        self.assertEqual(self.stood(key, first).wage, Decimal("10.05"))
        self.assertEqual(str(self.stood(key, first).house_area), "80.50")
        self.assertIsNone(self.stood(key, first).house_grade)
        self.assertEqual(self.stood(key, second).wage, Decimal("20.10"))
        self.assertIsNone(self.stood(key, timezone.now()).wage)
        self.assertIsNone(self.stood(key, first - timedelta(days=1)))

    def test_a_row_of_bulk_data_is_known_from_its_change(self):
        key = in_bulk(lambda: make_household(facts={"wage": Decimal(10)}).years.get().pk)
        self.assertFalse(RowHistory.objects.filter(table="households_householdyear", row_id=key).exists())
        brought = Change.objects.get(kind="households.generated").at
        untouched = timezone.now()

        self.assertEqual(self.stood(key, untouched).wage, 10)
        self.assertIsNone(self.stood(key, brought))

        self.edit(key, wage=Decimal(11))
        self.edit(key, wage=Decimal(12), house_grade="2")

        self.assertEqual(self.stood(key, untouched).wage, 10)
        self.assertIsNone(self.stood(key, untouched).house_grade)
        self.assertIsNone(self.stood(key, brought))
        self.assertEqual(self.stood(key, timezone.now()).wage, 12)
        self.assertEqual(Recall(untouched, 999001).first_known(HouseholdYear, key), brought)

    def test_without_a_change_that_brought_it_nothing_is_known_before_the_first_image(self):
        key = in_bulk(lambda: make_household(facts={"wage": Decimal(10)}).years.get().pk, kind="other")
        before = timezone.now()
        self.assertIsNone(self.stood(key, before))

        after = self.edit(key, wage=Decimal(11))

        self.assertIsNone(self.stood(key, before))
        self.assertEqual(self.stood(key, after).wage, 11)

    def test_bulk_data_of_another_county_proves_nothing(self):
        key = in_bulk(lambda: make_household().years.get().pk)

        self.assertIsNone(self.stood(key, timezone.now(), county=410001))

    def test_a_row_that_came_after_the_bulk_was_not_there_before(self):
        household = in_bulk(make_household)
        before = timezone.now()
        with change("household.saved"):
            key = make_household_year(household, YEAR - 1).pk

        self.assertIsNone(self.stood(key, before))
        self.assertIsNotNone(self.stood(key, timezone.now()))

    def test_a_row_that_was_taken_away_stood_until_then(self):
        key = in_bulk(lambda: make_household(facts={"wage": Decimal(10)}).years.get().pk)
        before = timezone.now()
        with as_owner(), change("household.saved"):
            HouseholdYear.objects.filter(pk=key).delete()

        self.assertEqual(self.stood(key, before).wage, 10)
        self.assertIsNone(self.stood(key, timezone.now()))

    def test_what_an_image_lacks_is_not_known(self):
        row = row_of(HouseholdYear, {"id": 5, "wage": 1005, "health": ["01"]})

        self.assertEqual((row.pk, row.wage, row.members, row.closed), (5, Decimal("10.05"), None, None))
