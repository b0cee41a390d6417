import datetime
import io
import stat
import tempfile
import zipfile
from pathlib import Path
from unittest import mock

import openpyxl
from django.test import SimpleTestCase

from exchange.reading import container
from exchange.reading.cells import ErrorCell, FormulaCell
from exchange.reading.words import FILE_WORDS, FileProblem
from exchange.reading.workbook import Sheet, read_workbook
from tests.exchange.sheets import csv_text, xls, xlsx, xlsx_bytes

TABLE = [["户编号", "姓名", "证件号码"], ["4117259900000001", "张三", "999101199001011234"]]


class ReadingTestCase(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def rows(self, path):
        return [row for part in read_workbook(path) if not isinstance(part, Sheet) for row in part]

    def problem(self, path):
        with self.assertRaises(FileProblem) as caught:
            self.rows(path)
        self.assertTrue(caught.exception.sentence())
        return caught.exception.code

    def written(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def repacked(self, extra=(), *, name="odd.xlsx", change=None):
        """A workbook with further members, or with one member's bytes changed."""
        source = zipfile.ZipFile(io.BytesIO(xlsx_bytes(TABLE)))
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for member in source.namelist():
                content = source.read(member)
                target.writestr(member, change(member, content) if change else content)
            for member, content in extra:
                target.writestr(member, content)
        return path


class GoodFileTests(ReadingTestCase):
    def test_an_xlsx_gives_its_rows_with_their_numbers(self):
        path = xlsx(self.folder / "a.xlsx", [[], ["标题"], *TABLE])

        rows = self.rows(path)

        self.assertEqual([number for number, _cells in rows], [2, 3, 4])
        self.assertEqual(rows[2][1], TABLE[1])

    def test_columns_keep_their_letters_when_the_first_ones_are_empty(self):
        path = xlsx(self.folder / "a.xlsx", [[None, None, "户编号"], [None, None, "1"]])

        self.assertEqual(self.rows(path)[1], (2, [None, None, "1"]))

    def test_an_old_xls_is_read(self):
        self.assertEqual(self.rows(xls(self.folder / "a.xls", TABLE))[1][1], TABLE[1])

    def test_a_csv_is_read_in_every_usual_encoding_and_delimiter(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            for delimiter in ",;\t":
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    path = self.written("a.csv", csv_text(TABLE, delimiter).encode(encoding))
                    self.assertEqual(self.rows(path)[1], (2, TABLE[1]))

    def test_a_csv_loses_exactly_the_guard_of_an_export(self):
        text = "户编号,姓名\r\n'=1+1,'@李\r\n'普通,-3\r\n"

        rows = self.rows(self.written("a.csv", text.encode()))

        self.assertEqual([cells for _n, cells in rows[1:]], [["=1+1", "@李"], ["'普通", "-3"]])

    def test_kinds_of_cells_arrive_as_what_they_are(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["字", 3602.66, datetime.date(2016, 5, 20), True, "=A1&B1", "#N/A"])
        sheet["F1"].data_type = "e"
        path = self.folder / "a.xlsx"
        book.save(path)

        ((_number, cells),) = self.rows(path)

        self.assertEqual(cells[:4], ["字", 3602.66, datetime.date(2016, 5, 20), True])
        self.assertEqual((type(cells[4]), cells[4]), (FormulaCell, "=A1&B1"))
        self.assertEqual((type(cells[5]), cells[5]), (ErrorCell, "#N/A"))

    def test_hidden_sheets_are_named_and_not_read(self):
        book = openpyxl.Workbook()
        book.create_sheet("旧").append(["户编号"])
        book["旧"].sheet_state = "hidden"
        path = self.folder / "a.xlsx"
        book.save(path)

        parts = list(read_workbook(path))

        self.assertEqual([(part.name, part.visible) for part in parts], [("Sheet", True), ("旧", False)])

    def test_reading_stops_after_200_empty_rows(self):
        path = xlsx(self.folder / "a.xlsx", TABLE)
        book = openpyxl.load_workbook(path)
        book.active.cell(1_048_576, 3, "远处")
        book.save(path)

        self.assertEqual(len(self.rows(path)), 2)


class BadFileTests(ReadingTestCase):
    def test_an_empty_file(self):
        self.assertEqual(self.problem(self.written("a.xlsx", b"")), "empty")
        self.assertEqual(self.problem(self.written("a.csv", b"\r\n,,\r\n")), "empty")

    def test_a_picture_with_the_name_of_a_workbook(self):
        self.assertEqual(self.problem(self.written("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(50))), "picture")

    def test_a_web_page_with_the_name_of_a_workbook(self):
        self.assertEqual(self.problem(self.written("a.xls", b"<html><table>")), "web_page")

    def test_a_document_of_another_kind(self):
        path = self.folder / "a.xlsx"
        with zipfile.ZipFile(path, "w") as target:
            target.writestr("word/document.xml", "<x/>")
        self.assertEqual(self.problem(path), "other_document")

    def test_a_workbook_with_a_password(self):
        content = container.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        self.assertEqual(self.problem(self.written("a.xlsx", content)), "encrypted")

    def test_macros(self):
        self.assertEqual(self.problem(self.repacked([("xl/vbaProject.bin", b"x")])), "macros")

    def test_macros_named_in_the_types_only(self):
        def change(member, content):
            return content + b"<!-- macroEnabled -->" if member == "[Content_Types].xml" else content

        self.assertEqual(self.problem(self.repacked(change=change)), "macros")

    def test_links_to_other_files(self):
        path = self.repacked([("xl/externalLinks/externalLink1.xml", b"<x/>")])
        self.assertEqual(self.problem(path), "external_links")

    def test_a_file_inside(self):
        self.assertEqual(self.problem(self.repacked([("xl/embeddings/a.zip", b"PK")])), "nested_archive")

    def test_a_member_that_leaves_the_folder(self):
        self.assertEqual(self.problem(self.repacked([("../../etc/passwd", b"x")])), "unsafe_member")

    def test_a_member_that_is_a_link(self):
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        self.assertEqual(self.problem(self.repacked([(link, b"/etc/passwd")])), "unsafe_member")

    def test_too_many_members(self):
        extra = [(f"xl/media/{n}.txt", b"x") for n in range(200)]
        self.assertEqual(self.problem(self.repacked(extra)), "too_many_members")

    def test_a_file_above_the_limit(self):
        with mock.patch.object(container, "LARGEST_FILE", 100), self.assertRaises(FileProblem) as caught:
            container.check(xlsx(self.folder / "a.xlsx", TABLE))
        self.assertEqual(caught.exception.code, "too_large")

    def test_a_zip_bomb_by_its_declared_size(self):
        path = self.folder / "a.xlsx"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
            target.open("xl/a.xml", "w") as member,
        ):
            for _ in range(520):
                member.write(bytes(1024 * 1024))
        self.assertEqual(self.problem(path), "unpacks_too_large")

    def test_a_damaged_workbook(self):
        content = xlsx_bytes(TABLE)
        self.assertEqual(self.problem(self.written("a.xlsx", content[:-200])), "damaged")

    def test_a_workbook_whose_xml_declares_entities(self):
        def change(member, content):
            if member != "xl/workbook.xml":
                return content
            return b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.partition(b"?>")[2]

        self.assertEqual(self.problem(self.repacked(change=change)), "damaged")

    def test_a_table_far_too_wide(self):
        path = xlsx(self.folder / "a.xlsx", TABLE)
        book = openpyxl.load_workbook(path)
        book.active.cell(2, 16_384, "远处")
        book.save(path)
        self.assertEqual(self.problem(path), "too_wide")

    def test_a_csv_in_no_known_encoding(self):
        self.assertEqual(
            self.problem(self.written("a.csv", b"\xff\xff\xff,\x81\x20\r\n")), "unknown_encoding"
        )

    def test_a_child_that_takes_too_long_is_ended(self):
        with self.assertRaises(FileProblem) as caught:
            list(read_workbook(xlsx(self.folder / "a.xlsx", TABLE), seconds=0))
        self.assertEqual(caught.exception.code, "too_slow")

    def test_every_problem_has_a_sentence(self):
        params = {"limit": 1, "sheet": "a", "column": "XFD", "rows": 3}
        for code in FILE_WORDS:
            self.assertTrue(FileProblem(code, **params).sentence())
