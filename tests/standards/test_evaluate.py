from io import StringIO

from django.core.management import CommandError, call_command
from django.test import TestCase

from standards.models import HouseholdResult, VillageResult
from standards.services import counties, open_years_of
from standards.tasks import evaluate_all_counties
from tests.makers import make_area
from tests.standards.cases import sound_household, sound_village
from tests.standards.county import county_area, standards_for_tests


class EvaluateTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        sound_household(village=sound_village())
        sound_household(village=sound_village("999001102201"), wage=None)

    def evaluate(self, **options) -> str:
        out = StringIO()
        call_command("evaluate", year=2016, stdout=out, **options)
        return out.getvalue()

    def test_it_prints_counts_changed_rows_and_seconds(self):
        text = self.evaluate()

        self.assertIn("测试县 2016 household: 2 judged, 2 changed", text)
        self.assertIn("测试县 2016 village: 2 judged, 2 changed", text)
        self.assertRegex(text, r"income +met +1 +not_met +0 +no_data +1")
        self.assertRegex(text, r"2016: \d+\.\d\d seconds")

    def test_again_changes_nothing(self):
        self.evaluate()

        self.assertIn("2 judged, 0 changed", self.evaluate())

    def test_one_area_by_its_whole_code_or_its_prefix(self):
        for area in ("999001102000", "999001102"):
            with self.subTest(area):
                self.assertIn("household: 1 judged", self.evaluate(area=area))
        self.assertEqual((HouseholdResult.objects.count(), VillageResult.objects.count()), (1, 1))

    def test_a_province_judges_its_counties(self):
        make_area("990000000000", "province", "测试省")

        self.assertIn("测试县 2016 household: 2 judged", self.evaluate(area="99"))

    def test_what_goes_wrong_is_said(self):
        for options, words in (({"area": "41"}, "No area has the code 41"), ({"year": 2015}, "")):
            with self.subTest(options), self.assertRaisesMessage(CommandError, words):
                call_command("evaluate", **({"year": 2016} | options), stdout=StringIO())

    def test_the_nightly_run_judges_every_county_with_a_register(self):
        make_area("999009000000", "county", "空县")

        self.assertEqual([county.name for county in counties()], ["测试县", "空县"])
        self.assertEqual(open_years_of(make_area("999009000000"), 2016), [])
        self.assertIn(2016, open_years_of(county_area(), 2016))
        self.assertGreaterEqual(evaluate_all_counties(), 4)
        self.assertEqual(evaluate_all_counties(), 0)
