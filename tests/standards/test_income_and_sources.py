from datetime import date
from decimal import Decimal
from itertools import product

from django.test import TestCase
from django.utils import timezone, translation

from core.changes import change
from core.clock import calendar_day
from core.models import Change
from households.services import save_household_year
from standards.files import load_standard
from standards.income import income_steps
from standards.models import StandardVersion
from standards.sources import KINDS, fact_sources, source_of
from tests.makers import YEAR, make_household, make_user
from tests.standards.cases import HOUSEHOLD_MET, result_of, sound_household
from tests.standards.county import standards_for_tests

TABLE = "households_householdyear"
AMOUNTS = (None, Decimal("0"), Decimal("1234.56"))


def net_of(steps):
    return next(step.amount for step in steps if step.kind == "sum")


class IncomeStepTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()

    def steps(self, members=3, **facts):
        household = sound_household(members, **facts)
        result = result_of(household)
        with translation.override("en"):
            return income_steps(household.years.get(), result), result

    def test_the_steps_add_up_to_the_stored_income(self):
        for wage, cost, transfer in product(AMOUNTS, AMOUNTS, AMOUNTS):
            with self.subTest(wage=wage, cost=cost, transfer=transfer):
                steps, result = self.steps(1, wage=wage, operating_cost=cost, transfer=transfer)
                self.assertEqual(net_of(steps), result.net_income)
                items = [step for step in steps if step.kind == "item"]
                if all(step.amount is not None for step in items):
                    total = sum(-step.amount if step.sign == "−" else step.amount for step in items)
                    self.assertEqual(total, result.net_income)

    def test_signs_labels_and_the_last_lines(self):
        steps, _result = self.steps(wage=Decimal("9000"), operating_cost=Decimal("100.02"))

        shown = [(step.sign, step.label, step.amount) for step in steps]
        self.assertEqual(shown[0], ("", "Wage income", Decimal("9000.00")))
        self.assertEqual(shown[4], ("−", "Operating cost", Decimal("100.02")))
        self.assertEqual(
            shown[5:],
            [
                ("=", "Net income", Decimal("8899.98")),
                ("÷", "Persons", Decimal(3)),
                ("=", "Net income a person", Decimal("2966.66")),
                (">", "Income line 2016", Decimal("2952")),
            ],
        )

    def test_the_transfer_says_how_it_came_about(self):
        parts = dict.fromkeys(
            ("family_planning", "dibao", "wubao", "pension", "ecology", "other_transfer"), 10
        )
        notes = {
            "subtotal as stated": {"transfer": 5, **parts},
            "sum of the six parts": {"transfer": None, **parts},
            "no subtotal, and not all six parts are known": {"transfer": None, **parts, "wubao": None},
        }
        for note, facts in notes.items():
            with self.subTest(note):
                self.assertEqual(self.steps(**facts)[0][3].note, note)

    def test_persons_say_whether_they_were_stated(self):
        notes = {
            "as stated": {"persons": 3},
            "members counted": {"persons": None},
            "as stated; 3 members are registered": {"persons": 4},
        }
        for note, facts in notes.items():
            with self.subTest(note):
                steps, _result = self.steps(**facts)
                self.assertEqual(next(step.note for step in steps if step.kind == "divisor"), note)

    def test_items_that_do_not_count_are_taken_off(self):
        text = StandardVersion.objects.get(code="test-henan-household").text
        text = text.replace('threshold = "line"', 'threshold = "line"\nexcluded_items = ["dibao"]')
        load_standard(text, publish=True)

        steps, result = self.steps(wage=Decimal("9000"), transfer=Decimal("1000"), dibao=Decimal("400"))

        self.assertEqual((steps[5].sign, steps[5].label, steps[5].note), ("−", "低保金", "does not count"))
        self.assertEqual(net_of(steps), result.net_income)
        self.assertEqual(result.net_income, Decimal("9600.00"))

    def test_a_household_that_was_never_judged(self):
        with translation.override("en"):
            steps = income_steps(sound_household().years.get(), None)

        self.assertEqual((net_of(steps), steps[-1].kind), (Decimal("8856.01"), "result"))


class SourceTests(TestCase):
    """Every known fact names the last change that touched its column."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.user = make_user(username="li")
        with change("import.applied", user=cls.user, source_import=7, evidence="户年度信息.xlsx"):
            cls.household = make_household(head=None, facts=HOUSEHOLD_MET)
        cls.row = cls.household.years.get(year=YEAR)

    def sources(self):
        return {column: source for (_row, column), source in fact_sources(TABLE, [self.row.pk]).items()}

    def test_every_imported_fact_has_the_import_as_source(self):
        sources = self.sources()
        known = [f.attname for f in self.row._meta.fields if getattr(self.row, f.attname) is not None]

        tallies = {"members", "school_age", "out_of_school", "school_unknown", "uninsured", "status"}
        tallies |= {"insurance_unknown", "seriously_ill", "ill_without_relief", "ill_relief_unknown"}
        for column in set(known) - tallies:
            with self.subTest(column):
                source = sources[column]
                self.assertEqual((source.who, source.import_id, source.day), ("li", 7, calendar_day()))
                self.assertEqual(source.evidence, "户年度信息.xlsx")

    def test_an_edit_is_the_source_of_its_field_only(self):
        editor = make_user(username="zhao")
        save_household_year(self.row, {"wage": Decimal("1")}, version=self.row.version, user=editor)

        sources = self.sources()

        self.assertEqual((sources["wage"].who, sources["wage"].import_id), ("zhao", None))
        self.assertEqual((sources["transfer"].who, sources["persons"].who), ("li", "li"))

    def test_the_sentence_says_day_who_and_how(self):
        with translation.override("en"):
            self.assertEqual(str(self.sources()["wage"]), f"{calendar_day()} li import")

    def test_the_day_is_the_one_in_shanghai(self):
        late = timezone.datetime(2016, 10, 18, 22, 30, tzinfo=timezone.get_fixed_timezone(0))

        source = source_of(Change(kind="direct", at=late, database_user="owner"))

        self.assertEqual((source.day, source.who), (date(2016, 10, 19), "owner"))

    def test_every_kind_of_change_that_brings_facts_has_its_word(self):
        with translation.override("en"):
            words = {kind: word() for kind, word in KINDS.items()}

        self.assertLessEqual({"import.applied", "household.saved", "village.saved", "direct"}, set(words))
        self.assertNotIn("", words.values())
