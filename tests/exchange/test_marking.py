import datetime
from unittest import mock

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.files import plain_path
from exchange import marking
from exchange.marking import write_marked
from exchange.models import ImportFile
from exchange.reading.workbook import Sheet, read_workbook
from exchange.xlsx_writer import BAD, Cell, WorkbookWriter, letters
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import OTHER_HOUSEHOLD, household, table
from tests.exchange.test_reading import ReadingTestCase


class WriterTests(ReadingTestCase):
    def written_rows(self, *rows):
        path = self.folder / "a.xlsx"
        with WorkbookWriter(path) as book:
            book.begin("表")
            for number, row in enumerate(rows, start=1):
                book.row(number, row)
        return path

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
                    str.strip
                ),
                st.integers(0, 10**9).map(float),
                st.booleans(),
                st.dates(datetime.date(1950, 1, 1), datetime.date(2050, 1, 1)),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_what_is_written_is_read_again(self, cells):
        cells = [c.replace("\ufffe", "").replace("\uffff", "") if isinstance(c, str) else c for c in cells]
        path = self.written_rows(cells)

        self.assertEqual(self.rows(path), [(1, cells)])

    def test_a_text_that_looks_like_a_formula_stays_text(self):
        path = self.written_rows(["=1+1", "@x", "-3", "\x07坏\x00字"])

        cells = [cell.value for cell in openpyxl.load_workbook(path).active[1]]
        self.assertEqual(cells, ["=1+1", "@x", "-3", "坏字"])
        self.assertEqual(openpyxl.load_workbook(path).active["A1"].data_type, "s")

    def test_fills_and_comments(self):
        path = self.written_rows([Cell("坏", BAD, "写明原因"), None, Cell(1.5, BAD)])

        sheet = openpyxl.load_workbook(path).active
        self.assertEqual((sheet["A1"].comment.text, sheet["C1"].value), ("写明原因", 1.5))
        self.assertEqual(sheet["A1"].fill.fgColor.rgb, "FFF8B4AE")

    def test_names_of_sheets_are_made_unique_and_legal(self):
        path = self.folder / "a.xlsx"
        with WorkbookWriter(path) as book:
            for name in ("表[1]", "表 1", "", "很长" * 30):
                book.begin(name)
                book.row(1, ["x"])

        names = openpyxl.load_workbook(path).sheetnames
        self.assertEqual(len(set(names)), 4)

    def test_letters_of_columns(self):
        self.assertEqual([letters(n) for n in (1, 26, 27, 52, 703)], ["A", "Z", "AA", "AZ", "AAA"])


class MarkedTests(ImportTestCase):
    def marked(self, rows):
        source = self.read(rows)
        file = ImportFile.objects.get(source=source)
        target = self.folder / "marked.xlsx"
        with plain_path(file.stored, suffix=".xlsx") as original:
            write_marked(file, original, target)
        return openpyxl.load_workbook(target).active, target

    def test_title_rows_order_and_row_numbers_are_kept(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        sheet, _path = self.marked([["测试县贫困户信息表"], [], *table(household, household(), bad)])

        self.assertEqual(
            (sheet["A1"].value, sheet["A3"].value, sheet["F4"].value),
            ("测试县贫困户信息表", "序号", household()["户编号"]),
        )
        self.assertEqual((sheet["D5"].value, sheet["AC5"].value), ("没有村", 5))
        self.assertIn("没有村", sheet["AD5"].value)
        self.assertIsNone(sheet["AD4"].value)

    def test_of_a_long_sheet_only_the_marked_rows_come_back(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        with mock.patch.object(marking, "ROWS_THAT_ALL_COME_BACK", 1):
            sheet, _path = self.marked(table(household, household(), bad))

        self.assertEqual((sheet.max_row, sheet["D2"].value, sheet["AC2"].value), (2, "没有村", 3))

    def test_a_mended_workbook_can_be_handed_in_again(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        _sheet, path = self.marked(table(household, household(), bad))
        book = openpyxl.load_workbook(path)
        book.active["D3"] = "王楼村"
        book.save(path)

        source = self.read(path)

        self.assertEqual((self.codes(source), self.counts(source)["new"]), ([], 2))

    def test_a_marked_copy_is_a_workbook_for_the_reader_too(self):
        _sheet, path = self.marked(table(household, household(危房户="大概")))

        self.assertEqual([p.name for p in read_workbook(path) if isinstance(p, Sheet)], ["Sheet1"])
