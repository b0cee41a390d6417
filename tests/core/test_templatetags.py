"""Tags and filters: what stands on the page for each kind of value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from unittest.mock import patch

from django import forms
from django.template import engines
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from core.form_fields import YesNoField
from core.icons import ICONS
from core.templatetags.house import OUTCOMES, STATES, status_words


def rendered(text: str, **context: object) -> str:
    with translation.override("en"):
        return engines["django"].from_string("{% load house %}" + text).render(context)


class OutcomeTests(SimpleTestCase):
    def test_an_outcome_is_symbol_word_and_colour(self):
        chip = rendered('{% outcome "not_met" %}')

        self.assertIn('class="oc oc-not"', chip)
        self.assertIn("<svg", chip)
        self.assertIn("Not met", chip)

    def test_nothing_known_is_no_data_and_never_not_met(self):
        for kind in (None, "", "no_data"):
            self.assertIn("oc-none", rendered("{% outcome kind %}", kind=kind))

    def test_only_met_is_quiet_in_dense_tables(self):
        self.assertIn("oc-t", rendered('{% outcome "met" dense=True %}'))
        self.assertNotIn("oc-t", rendered('{% outcome "not_met" dense=True %}'))

    def test_a_doubt_lies_over_the_outcome_and_does_not_hide_it(self):
        chip = rendered('{% outcome "met" doubt=1 %}')

        self.assertIn("oc-doubt", chip)
        self.assertIn('title="Met"', chip)

    def test_no_open_doubt_changes_nothing(self):
        self.assertIn("oc-met", rendered('{% outcome "met" doubt=0 %}'))

    def test_every_kind_and_state_has_an_icon_and_a_word(self):
        symbols = {symbol for _css, symbol in [*OUTCOMES.values(), *STATES.values()]}

        self.assertLessEqual(symbols, set(ICONS))
        self.assertEqual(set(STATES), set(status_words()))

    def test_an_unknown_state_is_shown_as_it_stands(self):
        self.assertIn("未脱贫 · 2016", rendered('{% status_chip "未脱贫" "2016" %}'))

    def test_markup_in_a_word_is_escaped(self):
        self.assertIn("&lt;b&gt;", rendered("{% status_chip word %}", word="<b>"))


class NumberTests(TestCase):
    CASES = (
        ("yuan", Decimal("2819.5"), "2,819.50"),
        ("yuan", Decimal("-374.63"), "−374.63"),
        ("yuan", Decimal("0.005"), "0.01"),
        ("yuan", Decimal(0), "0.00"),
        ("yuan", None, "—"),
        ("fen_yuan", 281950, "2,819.50"),
        ("fen_yuan", None, "—"),
        ("thousands", 3018, "3,018"),
        ("thousands", 0, "0"),
        ("thousands", None, "—"),
        ("percent", Decimal("64.15"), "64.2 %"),
        ("signed", 223, "+223"),
        ("signed", -6, "−6"),
        ("signed", 0, "0"),
        ("dash", "", "—"),
        ("dash", 0, "0"),
        ("duration", 0.41, "0.4 s"),
        ("duration", 185, "3 min 05 s"),
        ("file_size", 395264, "386 KB"),
        ("file_size", 76_543_210_123, "71.3 GB"),
        ("day", date(2016, 10, 8), "2016-10-08"),
        ("day", None, "—"),
        ("moment", datetime(2016, 10, 17, 22, 30, tzinfo=UTC), "2016-10-18 06:30"),
        ("clock", datetime(2016, 10, 17, 22, 30, tzinfo=UTC), "06:30"),
    )

    def test_each_filter_writes_as_the_house_does(self):
        for name, value, expected in self.CASES:
            with self.subTest(f"{value!r}|{name}"):
                self.assertEqual(rendered(f"{{{{ value|{name} }}}}", value=value), expected)

    def test_a_short_day_leaves_out_the_current_year_only(self):
        with patch("core.templatetags.house.today", return_value=date(2016, 10, 18)):
            self.assertEqual(rendered("{{ d|short_day }}", d=date(2016, 9, 2)), "9-02")
            self.assertEqual(rendered("{{ d|short_day }}", d=date(2015, 9, 2)), "2015-09-02")

    def test_an_id_number_shows_three_digits(self):
        shown = rendered("{{ number|masked_id }}", number="999000195203071234")

        self.assertIn("999" + "*" * 15, shown)
        self.assertNotIn("1952", shown)

    def test_nothing_masked_is_a_dash(self):
        self.assertEqual(rendered("{{ number|masked_id }}", number=None), "—")


class PictureTests(SimpleTestCase):
    COUNTS = {"met": 3, "doubt": 0, "not_met": 1, "no_data": 0}

    def test_a_bar_says_every_figure_and_writes_no_style(self):
        bar = rendered('{% stacked_bar counts label="竹沟镇" %}', counts=self.COUNTS)

        self.assertIn("竹沟镇 Met 3", bar)
        self.assertIn("No data 0", bar)
        self.assertIn('width="75.00%"', bar)
        self.assertNotIn("style=", bar)

    def test_a_bar_of_nothing_is_pale_ground(self):
        self.assertIn("f-bg", rendered("{% stacked_bar counts %}", counts={}))

    def test_an_unknown_length_is_hatched(self):
        self.assertIn("f-none", rendered("{% bar None 100 %}"))

    def test_an_unknown_point_leaves_a_gap_in_the_line(self):
        points = [("2013", 1), ("2014", None), ("2015", 3)]

        line = rendered('{% line_chart points label="x" %}', points=points)

        self.assertEqual(line.count('class="dot"'), 2)
        self.assertNotIn('class="stroke"', line)


class _Form(forms.Form):
    months = forms.IntegerField(max_value=12, label="Months")
    water = YesNoField(label="Water")
    whole = forms.BooleanField(required=False, label="Whole")


class FieldTests(SimpleTestCase):
    def test_an_error_is_tied_to_its_field(self):
        with translation.override("en"):
            shown = rendered('{% field form.months unit="m" %}', form=_Form({"months": "14"}))

        self.assertIn('aria-invalid="true"', shown)
        self.assertIn('aria-describedby="id_months_error"', shown)
        self.assertIn('id="id_months_error"', shown)
        self.assertIn('value="14"', shown)

    def test_a_doubt_is_shown_and_is_no_error(self):
        shown = rendered('{% field form.months warn="Really?" %}', form=_Form({"months": "4"}))

        self.assertIn("is-warn", shown)
        self.assertNotIn("aria-invalid", shown)

    def test_yes_and_no_have_a_third_answer(self):
        for answer, expected in (("true", True), ("false", False), ("unknown", None), (None, None)):
            form = _Form({"months": "1"} | ({"water": answer} if answer else {}))
            self.assertTrue(form.is_valid(), form.errors)
            self.assertIs(form.cleaned_data["water"], expected)

    def test_the_third_answer_stands_at_first(self):
        shown = rendered("{% field form.water %}", form=_Form())

        self.assertRegex(shown, r'value="unknown"[^>]*checked')

    def test_a_tick_carries_its_label(self):
        shown = rendered("{% field form.whole %}", form=_Form())

        self.assertIn('<label class="check" for="id_whole">', shown)
