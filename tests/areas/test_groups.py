import threading

import pytest
from django.db import connections
from django.test import TestCase

from areas.models import Area
from areas.services import make_groups
from core.changes import change
from tests.makers import make_village_area


def codes_of(wanted):
    with change("import.applied"):
        return {name: area.code for (_village, name), area in make_groups(wanted).items()}


class GroupTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.village = make_village_area("999001101201")
        cls.other = make_village_area("999001101202", "邻村")

    def test_unknown_names_get_the_next_numbers(self):
        codes = codes_of([(self.village, "三组"), (self.village, "一组"), (self.village, "三组")])

        self.assertEqual(sorted(codes.values()), ["999001101201001", "999001101201002"])
        group = Area.objects.get(code=codes["一组"])
        self.assertEqual((group.level, group.parent, group.prefix), ("group", self.village, group.code))

    def test_known_names_are_found_again(self):
        first = codes_of([(self.village, "一组")])

        self.assertEqual(codes_of([(self.village, "一组"), (self.village, "二组")])["一组"], first["一组"])
        self.assertEqual(Area.objects.filter(level="group").count(), 2)

    def test_each_village_counts_its_own(self):
        with change("import.applied"):
            groups = make_groups([(self.village, "一组"), (self.other, "一组")])

        self.assertEqual([area.code[12:] for area in groups.values()], ["001", "001"])

    def test_the_number_of_an_abolished_group_is_not_used_again(self):
        codes_of([(self.village, "一组")])
        Area.objects.filter(level="group").update(valid_to="2016-01-01")

        self.assertEqual(codes_of([(self.village, "一组")]), {"一组": "999001101201002"})

    def test_an_empty_name_makes_nothing(self):
        self.assertEqual(codes_of([(self.village, "")]), {})


@pytest.mark.database
def test_ten_imports_at_once_make_each_group_once(real_database):
    village = make_village_area("999001101201")
    errors = []

    def make(number):
        try:
            codes_of([(village, "一组"), (village, f"第{number}组")])
        except Exception as error:  # noqa: BLE001 - shown by the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    groups = Area.objects.filter(level="group")
    assert errors == []
    assert groups.count() == 11
    assert sorted(group.code[12:] for group in groups) == [f"{number:03d}" for number in range(1, 12)]
