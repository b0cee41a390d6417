import io
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from areas.models import Area
from areas.services import load_division_file, load_divisions, read_divisions
from core.models import RowHistory
from tests.makers import make_user
from villages.models import Village

OWN = """code,level,name,parent_code
999001101201,village,王楼村民委员会,999001101000
999001101000,township,甲镇,999001000000
999001000000,county,测试县,
"""
LINE_FAULTS = {
    "an unknown level": ("999001101000,hamlet,甲,", "Line 2: the level “hamlet” is not known"),
    "a short code": ("999001101,township,甲,", "Line 2: the code “999001101” must have 12 digits"),
    "a group with 12 digits": ("999001101201,group,一组,", "must have 15 digits"),
    "other digits": ("９９９００１１０１０００,township,甲,", "must have 12 digits"),
    "a township with a village's code": (
        "999001101201,township,甲,",
        "Line 2: the code 999001101201 is not one",
    ),
    "no name": ("999001101000,township, ,", "Line 2: the name is missing"),
    "a code twice": (
        "999001101000,township,甲,\n\n999001101000,township,乙,",
        "Line 4: the code 999001101000 stands twice",
    ),
}


def rows(text: str):
    return read_divisions(io.StringIO("code,level,name,parent_code\n" + text))


class ReadingTests(SimpleTestCase):
    def test_each_fault_is_named_with_its_line(self):
        for name, (text, sentence) in LINE_FAULTS.items():
            with self.subTest(name), translation.override("en"):
                self.assertRaisesMessage(ValidationError, sentence, rows, text)

    def test_missing_columns_are_named(self):
        with translation.override("en"), self.assertRaisesMessage(ValidationError, "level, parent_code"):
            read_divisions(io.StringIO("code,name\n"))

    def test_spaces_around_values_are_cut(self):
        self.assertEqual(rows(" 999001000000 ,county, 测试县 ,")[0]["code"], "999001000000")


class OwnFileTests(TestCase):
    def load(self, text: str = OWN, **options):
        return load_divisions(read_divisions(io.StringIO(text)), **options)

    def test_the_order_of_lines_does_not_matter(self):
        self.assertEqual(self.load(), (3, 0))

        village = Area.objects.get(code="999001101201")
        self.assertEqual(
            (village.parent.name, village.parent.parent.name, village.stem), ("甲镇", "测试县", "王楼")
        )

    def test_villages_are_made_with_their_areas(self):
        self.load()

        self.assertEqual(Village.objects.get().area.code, "999001101201")

    def test_loading_again_changes_nothing(self):
        self.load()
        history = RowHistory.objects.count()

        self.assertEqual(self.load(), (0, 0))
        self.assertEqual((RowHistory.objects.count(), Village.objects.count()), (history, 1))

    def test_another_name_renames(self):
        self.load()

        self.assertEqual(self.load(OWN.replace("王楼", "李楼")), (0, 1))
        self.assertEqual(Area.objects.get(code="999001101201").stem, "李楼")

    def test_a_parent_that_is_nowhere_is_named_and_nothing_is_loaded(self):
        with translation.override("en"), self.assertRaisesMessage(ValidationError, "The parent 999001101000"):
            self.load(OWN.replace("999001101000,township,甲镇,999001000000\n", ""))

        self.assertFalse(Area.objects.exists())

    def test_a_code_outside_its_parent_is_named(self):
        with (
            translation.override("en"),
            self.assertRaisesMessage(ValidationError, "does not lie inside its parent"),
        ):
            self.load(OWN.replace("999001101201", "999001102201"))

    def test_who_loaded_stands_in_the_history(self):
        user = make_user(area=False)
        self.load(user=user)

        row = RowHistory.objects.filter(table="areas_area").latest("pk")
        self.assertEqual((row.change.kind, row.change.user_id), ("areas.loaded", user.pk))

    def test_two_counties_side_by_side(self):
        self.load()
        self.load(OWN.replace("999001", "999002"))

        self.assertEqual(Area.objects.valid().within("999002").count(), 3)


class ShippedTests(TestCase):
    def test_the_county_of_the_article(self):
        self.assertEqual(load_division_file(), (217, 0))

        levels = {
            level: Area.objects.filter(level=level).count() for level in ("county", "township", "village")
        }
        self.assertEqual(levels, {"county": 1, "township": 13, "village": 201})
        self.assertEqual(Village.objects.count(), 201)
        self.assertEqual(Area.objects.get(level="county").name, "确山县")


class CommandTests(TestCase):
    def test_the_shipped_county_by_default(self):
        out = io.StringIO()
        call_command("load_areas", stdout=out)
        call_command("load_areas", stdout=out)

        self.assertEqual(out.getvalue(), "areas: 217 new, 0 renamed\nareas: 0 new, 0 renamed\n")

    def test_an_own_file(self):
        with TemporaryDirectory() as folder:
            file = Path(folder, "own.csv")
            file.write_bytes(b"\xef\xbb\xbf" + OWN.encode())
            call_command("load_areas", file, stdout=io.StringIO())

        self.assertEqual(Area.objects.count(), 3)

    def test_a_bad_file_is_said_in_words(self):
        with TemporaryDirectory() as folder:
            file = Path(folder, "own.csv")
            for content in (
                b"code,level\n",
                "code,level,name,parent_code\n999001,county,县,".encode("gb18030"),
                None,
            ):
                with self.subTest(content), self.assertRaises(CommandError):
                    if content is not None:
                        file.write_bytes(content)
                    call_command("load_areas", file if content is not None else Path(folder, "gone.csv"))
