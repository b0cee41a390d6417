"""The preview says what changed rows do to the verdict; single rows can stay out of the import."""

from decimal import Decimal

import openpyxl
from django.core.exceptions import ValidationError

from exchange import services
from exchange.choosing import choose_rows
from exchange.effects import effects_of
from exchange.models import StagedRow
from exchange.tasks import keep_marked
from households.models import Household, HouseholdYear
from standards.models import HouseholdResult
from standards.outcomes import Outcome
from standards.services import judge_area
from tests.exchange.registers import HOUSEHOLD, OTHER_HOUSEHOLD, household, household_year, table
from tests.exchange.test_import_pages import ImportPageTestCase
from tests.makers import YEAR, make_area, make_user
from tests.signing_in import sign_in
from tests.standards.county import standards_for_tests

POOR = {"工资性收入": 2000, "生产经营性收入": 0, "财产性收入": 0, "转移性收入": 0, "生产经营性支出": 0}


def yearly(**cells):
    return household_year(**POOR | cells)


def other(**cells):
    return yearly(户编号=OTHER_HOUSEHOLD, **cells)


class ChoosingTestCase(ImportPageTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        standards_for_tests()

    def setUp(self):
        super().setUp()
        self.put_in(
            table(household, household(), household(户编号=OTHER_HOUSEHOLD)),
            table(household_year, yearly(), other()),
        )

    def rows(self, source):
        return list(StagedRow.objects.filter(source=source, format="household_years").order_by("number"))

    def wage(self, number=HOUSEHOLD):
        return HouseholdYear.objects.get(household__number=number, year=YEAR).wage


class EffectTests(ChoosingTestCase):
    def test_the_effect_is_what_the_verdict_becomes(self):
        judge_area(self.county, YEAR)
        source = self.checked(
            table(household_year, yearly(工资性收入=3900, 家庭人口数=1), other(家庭人口数=2))
        )
        rows = self.rows(source)
        before = {r.household_id: Outcome(r.verdict).code for r in HouseholdResult.objects.all()}

        shown = effects_of(source, rows)
        untouched = self.wage()
        services.confirm_import(source, reason="试")
        services.apply_import(source)

        after = {r.household_id: Outcome(r.verdict).code for r in HouseholdResult.objects.all()}
        expected = {
            row.pk: (before[row.household_id], after[row.household_id])
            for row in rows
            if before[row.household_id] != after[row.household_id]
        }
        self.assertEqual(len(expected), 1)
        self.assertEqual(shown, expected)
        self.assertEqual(untouched, Decimal(2000))

    def test_it_writes_nothing_and_asks_a_constant_number_of_times(self):
        source = self.checked(table(household_year, yearly(工资性收入=3900), other(工资性收入=3900)))
        rows = self.rows(source)

        with self.assertNumQueries(5):
            effects_of(source, rows)
        self.assertEqual(self.wage(), Decimal(2000))

    def test_after_writing_there_is_no_more_to_say(self):
        source = self.put_in(table(household_year, yearly(工资性收入=3900)))

        self.assertEqual(effects_of(source, self.rows(source)), {})


class LeftOutTests(ChoosingTestCase):
    def changed(self):
        """One amount ten times as large, one twice."""
        return self.checked(table(household_year, yearly(工资性收入=20000), other(工资性收入=4000)))

    def test_an_amount_ten_times_as_large_is_not_ticked_and_all_adds_up(self):
        source = self.changed()

        counts = self.counts(source)
        self.assertEqual((counts["changed"], counts["left_out"], counts["rows_read"]), (1, 1, 2))
        page = self.client.get(self.address("import", source.pk), {"show": "changed"})
        self.assertEqual([row.taken for row in page.context["rows"]], [False, True])

    def test_what_is_left_out_is_not_written(self):
        source = self.changed()
        services.confirm_import(source, reason="试")
        services.apply_import(source)

        self.assertEqual((self.wage(), self.wage(OTHER_HOUSEHOLD)), (Decimal(2000), Decimal(4000)))
        counts = self.counts(source)
        self.assertEqual((counts["changed"], counts["left_out"]), (1, 1))

    def test_a_person_ticks_and_unticks(self):
        source = self.changed()
        jump, small = self.rows(source)

        answer = self.client.post(
            self.address("import-choose", source.pk), {"shown": [jump.pk, small.pk], "take": [jump.pk]}
        )

        self.assertEqual(answer.status_code, 302)
        self.assertEqual([row.state for row in self.rows(source)], ["changed", "left_out"])
        services.confirm_import(source, reason="试")
        services.apply_import(source)
        self.assertEqual((self.wage(), self.wage(OTHER_HOUSEHOLD)), (Decimal(20000), Decimal(2000)))

    def test_rows_of_other_pages_new_and_unchanged_ones_stay_as_they_are(self):
        source = self.checked(table(household, household(), household(户编号="9990010000000777")))
        rows = StagedRow.objects.filter(source=source)
        before = list(rows.order_by("pk").values_list("state", flat=True))

        choose_rows(source, shown=[row.pk for row in rows], taken=[])

        self.assertEqual(list(rows.order_by("pk").values_list("state", flat=True)), before)
        self.assertFalse(Household.objects.filter(number="9990010000000777").exists())

    def test_once_confirmed_nothing_is_chosen_any_more(self):
        source = self.changed()
        services.confirm_import(source, reason="试")

        with self.assertRaises(ValidationError):
            choose_rows(source, shown=[row.pk for row in self.rows(source)], taken=[])

    def test_the_marked_workbook_says_so(self):
        source = self.changed()
        file = source.files.get()
        keep_marked(file, self.inside)

        answer = self.client.get(self.address("import-marked", source.pk, file.pk))

        path = self.folder / "marked.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        sheet = openpyxl.load_workbook(path).active
        jump = self.rows(source)[0]
        self.assertIn("没有勾选", sheet.cell(jump.number, sheet.max_column).value)

    def test_somebody_of_the_next_township_without_grant_or_right_chooses_nothing(self):
        source = self.changed()
        keys = {"shown": [row.pk for row in self.rows(source)]}
        outsiders = [(self.neighbour, 404), (self.nobody, 404), (make_user("supervisor", make_area()), 403)]
        for user, status in outsiders:
            sign_in(self.client, user)
            answer = self.client.post(self.address("import-choose", source.pk), keys)
            self.assertEqual(answer.status_code, status)
        self.assertEqual([row.state for row in self.rows(source)], ["left_out", "changed"])
