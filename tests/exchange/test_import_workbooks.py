"""`manage.py import_workbooks`: what it prints, writes and answers."""

import io

import openpyxl
from django.core.management import CommandError, call_command

from exchange.models import Import
from households.models import Household
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import OTHER_HOUSEHOLD, household, household_year, person, workbook
from tests.exchange.sheets import xlsx


class ImportWorkbooksTests(ImportTestCase):
    def run_it(self, *paths, **options):
        """Exit status and what was printed."""
        out = io.StringIO()
        try:
            call_command("import_workbooks", *map(str, paths), year=2016, stdout=out, **options)
        except SystemExit as ended:
            return ended.code, out.getvalue()
        return 0, out.getvalue()

    def test_a_folder_in_any_order(self):
        workbook(self.folder, "a", person, person())
        workbook(self.folder, "b", household_year, household_year())
        workbook(self.folder, "c", household, household())
        xlsx(self.folder / "车辆.xlsx", [["车主姓名", "身份证号码"], ["张三", "1"]])

        status, printed = self.run_it(self.folder)

        self.assertEqual((status, Household.objects.count()), (0, 1))
        self.assertIn("车辆.xlsx", printed)
        self.assertEqual(Import.objects.get().state, "applied")

    def test_status_3_when_rows_were_refused_and_the_rest_applied(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        path = workbook(self.folder, "贫困户", household, household(), bad)

        status, printed = self.run_it(path, report=self.folder / "back")

        self.assertEqual((status, Household.objects.count()), (3, 1))
        self.assertIn("D3 行政村 没有村", printed)
        (marked,) = (self.folder / "back").iterdir()
        self.assertEqual(openpyxl.load_workbook(marked).active["D3"].value, "没有村")

    def test_a_dry_run_writes_nothing(self):
        status, _printed = self.run_it(workbook(self.folder, "贫困户", household, household()), dry_run=True)

        self.assertEqual((status, Household.objects.count(), Import.objects.get().state), (0, 0, "abandoned"))

    def test_nothing_recognised_is_a_failure(self):
        with self.assertRaises(CommandError):
            self.run_it(xlsx(self.folder / "a.xlsx", [["甲", "乙", "丙"]]))

    def test_a_bad_file_alone_is_a_failure_with_its_sentence(self):
        path = self.folder / "a.xlsx"
        path.write_bytes(b"\x89PNG" + bytes(50))
        with self.assertRaises(CommandError):
            self.run_it(path)
        self.assertFalse(Household.objects.exists())

    def test_a_bad_file_beside_good_ones_counts_as_refused(self):
        workbook(self.folder, "b", household, household())
        (self.folder / "a.xlsx").write_bytes(b"\x89PNG" + bytes(50))

        status, _printed = self.run_it(self.folder)

        self.assertEqual((status, Household.objects.count()), (3, 1))

    def test_all_or_nothing_fails_with_nothing_applied(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        path = workbook(self.folder, "贫困户", household, household(), bad)

        with self.assertRaises(CommandError):
            self.run_it(path, all_or_nothing=True)
        self.assertFalse(Household.objects.exists())

    def test_a_missing_path_is_named(self):
        with self.assertRaisesMessage(CommandError, "nowhere"):
            self.run_it(self.folder / "nowhere.xlsx")
