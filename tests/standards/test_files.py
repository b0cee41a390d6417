import tomllib
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from standards.explanation import explain
from standards.files import load_standard, parse
from standards.models import Criterion, StandardVersion
from tests.makers import make_user
from tests.standards.cases import sound_household, sound_village, village_result_of

SHIPPED = sorted(Path(settings.BASE_DIR, "standards", "data").glob("*.toml"))
GOOD = """
subject = "household"
code = "test"
title = "测试标准"
starts_on = 2016-01-01
document = "测试文件"
lines = { 2016 = 2952 }
[[indicators]]
code = "income"
label = "收入"
[[indicators.criteria]]
measure = "per_capita_income"
operator = "gt"
threshold = "line"
excluded_items = ["pension"]
[[indicators]]
code = "housing"
label = "住房"
[[indicators.criteria]]
measure = "house_grade"
operator = "in"
threshold = ["1", "2"]
unknown = "gates"
"""

# kind of fault: (what to write instead of what, a part of the sentence)
FAULTS = {
    "no TOML at all": ("[[indicators]]", "[[indicators", "not valid TOML"),
    "no title": ('title = "测试标准"', "", "“title” is missing"),
    "no day": ("starts_on = 2016-01-01", "", "“starts_on” is missing"),
    "a day as text": ("2016-01-01", '"2016-01-01"', "“starts_on” must be a day like 2016-04-23"),
    "a moment for a day": ("2016-01-01", "2016-01-01T00:00:00", "“starts_on” must be a day"),
    "another subject": ('"household"', '"township"', "“subject” must be household or village"),
    "a title that is a number": ('"测试标准"', "5", "“title” must be a text"),
    "a title too long": ("测试标准", "长" * 201, "“title” is longer than 200 characters"),
    "a slip in a key": ("document =", "dokument =", "“dokument” is not known here"),
    "a code with spaces": ('"test"', '"a test"', "The code “a test” may have"),
    "an area that is no prefix": ("[[indicators]]", 'area_prefix = "河南"\n[[indicators]]', "“area_prefix”"),
    "lines that are no table": ("lines = { 2016 = 2952 }", "lines = 2952", "“lines” must be a table"),
    "a line without amount": ("2016 = 2952", '2016 = "much"', "lines: “2016 = much”"),
    "a line of no year": ("2016 = 2952", "sixteen = 2952", "lines: “sixteen = 2952”"),
    "no line yet": ("2016 = 2952", "2017 = 2952", "no line has started by 2016"),
    "no indicator": (GOOD[GOOD.index("[[indicators]]") :], "", "The file has no indicator"),
    "an indicator twice": ('code = "housing"', 'code = "income"', "The indicator “income” stands twice"),
    "an indicator without label": ('label = "收入"', "", "Indicator “income”: code and label are needed"),
    "a gating that is a word": ('label = "收入"', 'label = "收入"\ngating = "no"', "income: “gating” must be"),
    "an indicator without criterion": (
        '[[indicators.criteria]]\nmeasure = "house_grade"\noperator = "in"\nthreshold = ["1", "2"]\nunknown = "gates"',
        "",
        "Indicator “housing” has no criterion",
    ),
    "an indicator that nothing decides": (
        'unknown = "gates"',
        "gating = false",
        "Indicator “housing” decides, but none of its criteria does",
    ),
    "a measure that does not exist": ('"per_capita_income"', '"happiness"', "income: the measure “happiness”"),
    "a measure of the other subject": ('"house_grade"', '"paved_road"', "housing: the measure “paved_road”"),
    "an operator that does not exist": ('"gt"', '"above"', "per_capita_income takes gt, ge, not “above”"),
    "an operator of another measure": ('"in"', '"gt"', "house_grade takes in, not “gt”"),
    "no threshold": ('threshold = "line"', "", "per_capita_income: the threshold “None” does not fit"),
    "a number as text": ('threshold = "line"', 'threshold = "2952"', "the threshold “2952” does not fit"),
    "no finite number": ('threshold = "line"', "threshold = nan", "the threshold “nan” does not fit"),
    "the line without lines": ("lines = { 2016 = 2952 }", "", "the threshold “line” does not fit"),
    "an empty list": ('["1", "2"]', "[]", "house_grade: the threshold “[]” does not fit"),
    "a code that is in no list": ('["1", "2"]', '["1", "7"]', "house_grade: the threshold"),
    "an unknown that means nothing": ('"gates"', '"maybe"', "house_grade: unknown must be gates"),
    "an item that does not exist": ('["pension"]', '["gifts"]', "no such income item: gifts"),
    "a slip in a criterion": ("operator = \"in\"", "operator = \"in\"\ntreshold = 1", "housing: “treshold” is not known"),
}  # fmt: skip


class FaultTests(SimpleTestCase):
    def test_the_good_file_has_none(self):
        self.assertEqual(parse(GOOD)["code"], "test")

    def test_each_kind_of_fault_is_named_with_its_place(self):
        for name, (good, bad, sentence) in FAULTS.items():
            with self.subTest(name), translation.override("en"):
                self.assertIn(good, GOOD)
                with self.assertRaises(ValidationError) as caught:
                    parse(GOOD.replace(good, bad, 1))
                self.assertIn(sentence, "\n".join(caught.exception.messages))

    def test_all_faults_are_named_at_once(self):
        text = GOOD.replace('title = "测试标准"', "").replace('"happiness"', "").replace('"gates"', '"x"')

        with self.assertRaises(ValidationError) as caught:
            parse(text)

        self.assertEqual(len(caught.exception.messages), 2)

    def test_no_indicator_that_decides(self):
        text = GOOD.replace('label = "收入"', 'label = "收入"\ngating = false')
        text = text.replace('label = "住房"', 'label = "住房"\ngating = false')

        with translation.override("en"), self.assertRaisesMessage(ValidationError, "No indicator decides"):
            parse(text)


class LoadTests(TestCase):
    def test_a_file_becomes_a_draft_with_its_indicators_and_criteria_in_order(self):
        version, is_new = load_standard(GOOD, user=make_user())

        self.assertTrue(is_new)
        self.assertFalse(version.is_published)
        self.assertEqual([i.code for i in version.indicator_list()], ["income", "housing"])
        self.assertEqual([c.measure for c in version.criterion_list()], ["per_capita_income", "house_grade"])

    def test_the_same_text_twice_is_one_version(self):
        first, _new = load_standard(GOOD)

        self.assertEqual(load_standard(GOOD), (first, False))

    def test_a_draft_is_published_by_loading_it_again_to_publish(self):
        load_standard(GOOD)

        version, is_new = load_standard(GOOD, publish=True)

        self.assertEqual((version.is_published, is_new), (True, False))

    def test_another_text_of_the_code_is_the_next_version(self):
        load_standard(GOOD, publish=True)

        version, is_new = load_standard(GOOD.replace("2952", "3026"))

        self.assertEqual((version.number, is_new), (2, True))

    def test_a_file_with_a_fault_writes_nothing(self):
        before = StandardVersion.objects.count()

        with self.assertRaises(ValidationError):
            load_standard(GOOD.replace('"in"', '"gt"'))

        self.assertEqual(StandardVersion.objects.count(), before)


class ShippedFileTests(TestCase):
    def test_every_shipped_file_is_checked_and_in_force(self):
        self.assertEqual(len(SHIPPED), 4)
        for path in SHIPPED:
            with self.subTest(path.name):
                text = path.read_text(encoding="utf-8")
                version, is_new = load_standard(text)
                self.assertEqual((parse(text), is_new), (tomllib.loads(text), False))
                self.assertTrue(version.is_published)

    def test_what_the_migration_wrote_is_what_loading_writes(self):
        for path in SHIPPED:
            with self.subTest(path.name):
                text = path.read_text(encoding="utf-8")
                shipped = StandardVersion.objects.get(text=text)
                again, _new = load_standard(text.replace(shipped.code, f"again-{shipped.code}"))
                self.assertEqual(self.content(again), self.content(shipped))

    def content(self, version):
        rows = [self.fields(version, "code", "text", "digest", "published_at", "published_by")]
        for indicator in version.indicator_list():
            rows.append(self.fields(indicator, "version_id"))
            rows += [self.fields(criterion, "indicator_id") for criterion in indicator.criterion_list()]
        return rows

    def fields(self, row, *without):
        return {
            f.attname: getattr(row, f.attname) for f in row._meta.fields if f.attname not in ("id", *without)
        }


class SecondProvinceTests(TestCase):
    """Shaanxi "577": an item whose fact is not kept is judged by hand, and says so."""

    @classmethod
    def setUpTestData(cls):
        text = StandardVersion.objects.get(code="shaanxi-village").text
        load_standard(text.replace('"61"', '"9990"').replace('"shaanxi-village"', '"here"'), publish=True)

    def test_the_verdict_waits_for_the_person(self):
        village = sound_village(population=1000, cooperatives=1)
        sound_household(29, village=village)

        explanation = explain(village_result_of(village))

        outcomes = {panel.code: panel.outcome for panel in explanation.indicators}
        self.assertEqual(outcomes.pop("income_ratio"), "no_data")
        self.assertEqual((set(outcomes.values()), explanation.verdict), ({"met"}, "no_data"))
        with translation.override("en"):
            panel = explain(village_result_of(village)).indicators[1].criteria[0]
            self.assertEqual(panel.value, "not judged yet")
            self.assertEqual(panel.gap, "The fact is not kept here; judge it by hand.")
            self.assertIn("higher than last year", panel.demand)


class MeasureCheckTests(TestCase):
    def test_a_criterion_without_measure_is_an_error_of_the_system(self):
        version, _new = load_standard(GOOD)
        self.assertEqual(run_checks(databases=["default"]), [])

        Criterion.objects.filter(indicator__version=version, measure="house_grade").update(measure="gone")

        errors = [error for error in run_checks(databases=["default"]) if error.id == "standards.E001"]
        self.assertEqual(len(errors), 1)
        self.assertIn("gone", errors[0].msg)


class CommandTests(TestCase):
    def test_a_file_is_loaded_and_published(self):
        call_command("load_standard", SHIPPED[0], publish=True, verbosity=0)

    def test_a_missing_file_is_said(self):
        with self.assertRaisesMessage(CommandError, "gone.toml"):
            call_command("load_standard", Path("gone.toml"))
