from django.test import TestCase

from core import secrets
from households.identity import parse
from tests import makers
from villages.models import Village


class MakerTests(TestCase):
    """Every maker works without arguments."""

    def test_area(self):
        self.assertEqual(makers.make_area().prefix, "999001")

    def test_township(self):
        self.assertEqual(makers.make_township().parent, makers.make_area())

    def test_county(self):
        makers.make_county()

        self.assertEqual(Village.objects.within("999001").count(), 6)

    def test_village_area(self):
        self.assertEqual(makers.make_village_area().stem, "测试")

    def test_village(self):
        self.assertEqual(makers.make_village().area, makers.make_village_area())

    def test_village_year(self):
        self.assertEqual(makers.make_village_year().county, 999001)

    def test_id_number(self):
        self.assertTrue(parse(makers.make_id_number()).checksum_holds)

    def test_secret(self):
        person = makers.make_person()
        secret = makers.make_secret("phone", "13900000000", table="households_person", subject_id=person.pk)
        self.assertEqual(secrets.reveal(secret), "13900000000")

    def test_person(self):
        self.assertTrue(secrets.reveal(makers.make_person().id_number).startswith("999001"))

    def test_person_year(self):
        self.assertIsNone(makers.make_person_year().medical_insurance)

    def test_household(self):
        household = makers.make_household()

        self.assertEqual((household.county, household.status, household.head_name), (999001, "poor", "张三"))

    def test_status(self):
        self.assertEqual(makers.make_status().household.statuses.count(), 1)

    def test_household_year(self):
        self.assertEqual(makers.make_household_year().members, 1)

    def test_member(self):
        member = makers.make_member()

        self.assertEqual(member.household.years.get().members, 2)

    def test_user(self):
        user = makers.make_user()

        self.assertEqual((user.roles, user.area_prefixes()), (("county_office",), ("999001",)))

    def test_user_without_grant(self):
        self.assertEqual(makers.make_user("helper", False).area_prefixes(), ())

    def test_organisation(self):
        self.assertEqual(makers.make_organisation().area, makers.make_area())

    def test_official(self):
        self.assertEqual(makers.make_official().organisation.area, makers.make_area())
