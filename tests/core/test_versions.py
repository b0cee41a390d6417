import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from core.changes import change
from core.versions import StaleVersion, save_versioned
from households.models import HouseholdYear
from tests.makers import make_household


class VersionTests(TestCase):
    def setUp(self):
        self.row = make_household(head=None, facts={"wage": Decimal("10"), "persons": 3}).years.get()

    def stored(self):
        return HouseholdYear.objects.get(pk=self.row.pk)

    def test_a_write_counts_the_version_up(self):
        self.assertTrue(save_versioned(self.row, {"wage": Decimal("20")}, version=1))

        self.assertEqual((self.stored().wage, self.stored().version, self.row.version), (Decimal("20"), 2, 2))

    def test_the_same_values_write_nothing(self):
        with self.assertNumQueries(0):
            self.assertFalse(save_versioned(self.row, {"wage": Decimal("10.00"), "persons": 3}, version=1))

    def test_a_stale_version_is_refused_and_shows_what_stands_there(self):
        mine, other = self.stored(), self.stored()
        save_versioned(other, {"persons": 4}, version=1)

        with self.assertRaises(StaleVersion) as caught:
            save_versioned(mine, {"wage": Decimal("20")}, version=1)

        self.assertEqual(caught.exception.current.persons, 4)
        self.assertEqual(self.stored().wage, Decimal("10"))

    def test_the_version_is_that_of_the_form_not_of_the_row_just_read(self):
        save_versioned(self.stored(), {"persons": 4}, version=1)

        with self.assertRaises(StaleVersion):
            save_versioned(self.stored(), {"wage": Decimal("20")}, version=1)

    def test_only_the_named_columns_are_written(self):
        HouseholdYear.objects.filter(pk=self.row.pk).update(house_grade="3")
        with CaptureQueriesContext(connection) as queries:
            save_versioned(self.row, {"wage": Decimal("20"), "persons": 3}, version=1)

        self.assertEqual(self.stored().house_grade, "3")
        update = next(query["sql"] for query in queries if query["sql"].startswith("UPDATE"))
        self.assertIn('SET "wage" = 2000, "version" = 2', update)

    def test_a_field_at_fault_is_named_and_nothing_written(self):
        for values, field in (
            ({"persons": 51}, "__all__"),
            ({"house_grade": "7"}, "house_grade"),
            ({"wage": -1}, "__all__"),
        ):
            with self.subTest(values), self.assertRaises(ValidationError) as caught:
                save_versioned(self.stored(), values, version=1)
            self.assertIn(field, caught.exception.message_dict)
        self.assertEqual(self.stored().version, 1)

    def test_a_wrong_value_that_stood_there_before_does_not_stop_another_field(self):
        HouseholdYear.objects.filter(pk=self.row.pk).update(main_cause="77")

        self.assertTrue(save_versioned(self.stored(), {"wage": Decimal("20")}, version=1))


@pytest.mark.database
def test_of_fifty_writers_of_one_version_one_wins(real_database):
    row = make_household(head=None, facts={"wage": Decimal("0")}).years.get()
    answers = []
    barrier = threading.Barrier(50, timeout=30)

    def write(number):
        try:
            mine = HouseholdYear.objects.get(pk=row.pk)
            barrier.wait()
            with change("household.saved", reason=str(number)):
                answers.append(save_versioned(mine, {"wage": Decimal(number)}, version=1))
        except StaleVersion:
            answers.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 51)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(answers, key=bool) == [None] * 49 + [True]
    assert HouseholdYear.objects.get(pk=row.pk).version == 2
