from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase

from areas.models import Area
from core.models import RowHistory
from core.signals import facts_changed
from core.versions import StaleVersion
from tests.makers import YEAR, make_user, make_village, make_village_area, make_village_year
from villages.models import Village, VillageAttribute, VillageYear
from villages.services import open_village_year, register_villages, save_village_year


class RegisterTests(TestCase):
    def test_villages_are_made_for_the_valid_areas_of_the_county_only(self):
        make_village_area("999001101201")
        make_village_area("999002101201")
        gone = make_village_area("999001101202")
        Area.objects.filter(pk=gone.pk).update(valid_to="2016-01-01")

        self.assertEqual(register_villages(["999001"]), 1)
        self.assertEqual(register_villages(["999001"]), 0)
        self.assertEqual([village.area.code for village in Village.objects.all()], ["999001101201"])


class OpenYearTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.villages = [make_village(f"99900110120{number}") for number in (1, 2, 3)]

    def test_every_village_gets_one_row_and_every_fact_is_unknown(self):
        self.assertEqual(open_village_year("999001", YEAR), 3)

        row = VillageYear.objects.get(village=self.villages[0])
        keys = {"id", "village_id", "year", "county", "version"}
        self.assertEqual({f.attname for f in row._meta.fields if getattr(row, f.attname) is not None}, keys)
        self.assertEqual(row.county, 999001)

    def test_opening_again_changes_nothing(self):
        make_village_year(self.villages[0], population=500)

        self.assertEqual(open_village_year("999001", YEAR), 2)
        self.assertEqual(open_village_year("999001", YEAR), 0)
        self.assertEqual(VillageYear.objects.get(village=self.villages[0]).population, 500)

    def test_the_next_county_and_other_years_are_left_alone(self):
        make_village("999002101201")
        open_village_year("999001", YEAR)

        self.assertEqual(set(VillageYear.objects.values_list("county", "year")), {(999001, YEAR)})


class SaveTests(TestCase):
    def setUp(self):
        self.row = make_village_year(population=500)
        self.user = make_user(username="li")
        self.told: list[dict] = []

        def listen(sender, **words):
            self.told.append(words)

        facts_changed.connect(listen)
        self.addCleanup(facts_changed.disconnect, listen)

    def save(self, version=1, **values):
        return save_village_year(
            self.row, values, version=version, user=self.user, reason="入户核对", evidence="2016 年报"
        )

    def test_the_facts_are_written_with_who_and_why(self):
        self.assertTrue(self.save(population=501, collective_income=Decimal("1.50")))

        row = RowHistory.objects.filter(table="villages_villageyear").select_related("change").latest("pk")
        self.assertEqual(row.changed["population"], [500, 501])
        self.assertEqual(
            (row.change.user_name, row.change.reason, row.change.evidence), ("li", "入户核对", "2016 年报")
        )

    def test_who_listens_is_told_which_village(self):
        self.save(population=501)

        told = self.told[0]
        self.assertEqual(
            (told["village_ids"], told["household_ids"], told["year"]), ([self.row.village_id], [], YEAR)
        )

    def test_nothing_new_tells_nobody(self):
        self.assertFalse(self.save(population=500))
        self.assertEqual(self.told, [])

    def test_a_stale_version_is_refused(self):
        self.save(population=501)

        with self.assertRaises(StaleVersion):
            self.save(version=1, population=502)

    def test_a_count_below_zero_is_refused(self):
        with self.assertRaises(ValidationError):
            self.save(population=-1)
        self.assertEqual(VillageYear.objects.get().population, 500)


class ConstraintTests(TestCase):
    def test_one_row_a_village_and_year(self):
        row = make_village_year()

        with self.assertRaises(IntegrityError), transaction.atomic():
            VillageYear.objects.create(village=row.village, year=YEAR)

    def test_the_database_refuses_what_the_form_refuses(self):
        row = make_village_year()
        for values in ({"population": -1}, {"reading_rooms": -1}, {"year": 1999}):
            with self.subTest(values), self.assertRaises(IntegrityError), transaction.atomic():
                VillageYear.objects.filter(pk=row.pk).update(**values)

    def test_the_county_follows_the_village(self):
        row = make_village_year()
        moved = make_village("999002101201")

        VillageYear.objects.filter(pk=row.pk).update(village=moved)

        row.refresh_from_db()
        self.assertEqual(row.county, 999002)

    def test_which_villages_are_poor_ones(self):
        poor = {VillageAttribute.POOR, VillageAttribute.POOR_12, VillageAttribute.POOR_13}
        for attribute in (*VillageAttribute, None):
            with self.subTest(attribute):
                expected = None if attribute is None else attribute in poor
                self.assertIs(VillageYear(attribute=attribute).is_poor_village, expected)
