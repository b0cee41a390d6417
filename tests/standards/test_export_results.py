import csv
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command
from django.test import TestCase

from areas.models import Area
from standards.services import judge_area
from tests.makers import make_area, make_household, make_member, make_village, make_village_year

COUNTY = "410001000000"
VILLAGE = "410001101201"
SAFE = {"house_grade": "1", "transfer": 0, "property_income": 0, "operating": 0, "operating_cost": 0}
SOUND = {
    "population": 1601,
    "paved_road": True,
    "bus": True,
    "unsafe_water_households": 0,
    "difficult_water_households": 0,
    "no_living_power": 0,
    "no_production_power": 0,
    "no_broadcast_households": 0,
    "culture_centre": True,
    "reading_rooms": 1,
    "standard_clinic": True,
    "village_doctors": 1,
    "committee_broadband": True,
}


class ExportResultsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        village = make_village(VILLAGE)
        make_village_year(village, **SOUND)
        make_village_year(make_village("410001101202", "无数据村民委员会"))
        other = make_village("410001102201", "邻村民委员会")
        rich = make_household("11", village=village, facts={**SAFE, "wage": Decimal("8856.01"), "persons": 3})
        make_household("12", village=village, facts={**SAFE, "wage": Decimal("2952.00")})
        make_household("13", village=other, facts=SAFE)
        make_member(rich)
        make_member(rich)
        judge_area(make_area(COUNTY, name="试县"), 2016)

    def export(self, what, **options):
        with TemporaryDirectory() as folder:
            file = Path(folder) / "out.csv"
            call_command("export_results", what, year=2016, output=file, verbosity=0, **options)
            content = file.read_bytes()
        self.assertFalse(content.startswith(b"\xef\xbb\xbf"))
        return list(csv.DictReader(content.decode("utf-8").splitlines()))

    def test_households_have_one_line_each_with_the_named_columns(self):
        rows = self.export("households")

        self.assertEqual(
            list(rows[0]),
            [
                "household_number",
                "income",
                "education",
                "medical",
                "housing",
                "verdict",
                "per_capita_income",
                "doubt",
            ],
        )
        self.assertEqual([row["household_number"] for row in rows], ["11", "12", "13"])

    def test_income_is_exact_and_shown_half_up(self):
        rows = self.export("households")

        self.assertEqual([row["income"] for row in rows], ["met", "not_met", "no_data"])
        self.assertEqual([row["per_capita_income"] for row in rows], ["2952.00", "2952.00", ""])
        self.assertEqual([row["doubt"] for row in rows], ["0", "0", "0"])

    def test_villages_carry_both_incidences(self):
        rows = self.export("villages")

        self.assertEqual(
            list(rows[0]),
            ["village_code", "incidence", "incidence_percent", "incidence_if_all_eligible_exit", "road",
             "water", "power", "broadcast", "culture", "clinic", "broadband", "verdict", "doubt"],
        )  # fmt: skip
        self.assertEqual(rows[0]["village_code"], VILLAGE)
        self.assertEqual(rows[0]["incidence_percent"], "0.25")
        self.assertEqual(rows[0]["incidence_if_all_eligible_exit"], "0.06")

    def test_a_village_without_population_has_empty_percentages(self):
        row = self.export("villages")[1]

        self.assertEqual((row["incidence"], row["verdict"]), ("no_data", "no_data"))
        self.assertEqual((row["incidence_percent"], row["incidence_if_all_eligible_exit"]), ("", ""))

    def test_an_area_keeps_only_its_rows(self):
        rows = self.export("households", area="410001102")

        self.assertEqual([row["household_number"] for row in rows], ["13"])

    def test_an_unknown_area_is_named(self):
        with self.assertRaisesMessage(CommandError, "No area has the code 99."):
            self.export("households", area="99")

    def test_a_year_without_results_leaves_no_file(self):
        with TemporaryDirectory() as folder:
            file = Path(folder) / "out.csv"
            with self.assertRaises(CommandError):
                call_command("export_results", "villages", year=2011, output=file)
            self.assertEqual(list(Path(folder).iterdir()), [])

    def test_cancelled_households_stay_out(self):
        from households.models import Household

        Household.objects.filter(number="12").update(cancelled_on="2016-06-01", cancelled_reason="错登")

        self.assertEqual([row["household_number"] for row in self.export("households")], ["11", "13"])

    def test_a_whole_county_by_its_code(self):
        self.assertEqual(len(self.export("villages", area=Area.objects.get(code=COUNTY).code)), 3)
