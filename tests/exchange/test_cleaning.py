import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.test import SimpleTestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from exchange import cleaning, problems
from exchange.formats import FORMATS, lists
from exchange.problems import CellProblem, Noted
from exchange.reading.cells import ErrorCell, FormulaCell, is_blank
from households import identity
from tests.exchange.registers import id_number


def outcome(clean, cell):
    """The value, or the code of the refusal or remark."""
    try:
        value = clean(cell)
    except CellProblem as problem:
        return problem.code
    return (value.code, value.value) if isinstance(value, Noted) else value


class CleaningTests(SimpleTestCase):
    def assert_cases(self, clean, cases):
        for cell, expected in cases:
            with self.subTest(cell=cell):
                self.assertEqual(outcome(clean, cell), expected)

    def test_blank_is_empty_or_spaces_of_either_width(self):
        for cell in (None, "", " ", "　", "\t\n", "\u00a0", "\u200b"):
            self.assertTrue(is_blank(cell), cell)
        for cell in (0, 0.0, "0", False):
            self.assertFalse(is_blank(cell), cell)

    def test_money(self):
        self.assert_cases(
            cleaning.money(),
            [
                (8856.01, 885601), (0, 0), ("8,856.01", 885601), ("１２．３", 1230), ("100元", 10000),
                ("1.5万元", 1_500_000), ("¥3", 300), (8856.010000000001, 885601), ("12.3.4", "two_points"),
                ("1,23", "not_a_number"), ("1.2E+5", "scientific"), (-5, "negative"), ("无", "not_a_number"),
                ("2952.005", ("rounded", 295201)), (True, "not_a_number"), (1e15, "number_lost_digits"),
                (datetime.date(2016, 1, 1), "not_a_number"), (FormulaCell("=A1"), "formula_without_value"),
                (ErrorCell("#N/A"), "error_value"),
            ],
        )  # fmt: skip
        self.assert_cases(cleaning.money("万元"), [(4.36, 4_360_000), ("43600元", 4_360_000)])
        self.assert_cases(cleaning.money(may_be_negative=True), [(-5.5, -550), ("−3", -300)])

    @given(st.integers(min_value=0, max_value=10**13))
    def test_money_keeps_every_fen_in_every_spelling(self, fen):
        yuan = Decimal(fen) / 100
        clean = cleaning.money()
        self.assertEqual(clean(f"{yuan:.2f}"), fen)
        self.assertEqual(clean(f"{yuan:,.2f}"), fen)
        if fen < 10**12:
            self.assertEqual(clean(float(yuan)), fen)

    @given(st.decimals(min_value=0, max_value=10**9, places=5))
    def test_finer_amounts_are_rounded_half_up(self, amount):
        value = cleaning.money()(str(amount))
        value = value.value if isinstance(value, Noted) else value
        self.assertEqual(value, int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)))

    def test_counts(self):
        cases = [
            (2.0, 2),
            ("３", 3),
            ("4人", 4),
            (2.5, "not_whole"),
            (-1, "too_small"),
            (0, "too_small"),
            (51, "too_large"),
        ]
        self.assert_cases(cleaning.count(50, 1), cases)

    def test_yes_and_no(self):
        for word in ("是", "1", 1.0, "有", "√", "1.是", "是（已核）", True, "Y"):
            self.assertIs(cleaning.yes_no(word), True, word)
        for word in ("否", "0", 0.0, "无", "×", "0 否", "否(已改造)", False, "no"):
            self.assertIs(cleaning.yes_no(word), False, word)
        self.assert_cases(cleaning.yes_no, [("大概", "not_yes_no"), ("1否", "not_yes_no"), (2, "not_yes_no")])

    def test_years_and_days(self):
        years = [
            (2016.0, 2016),
            ("2016年", 2016),
            ("２０１６", 2016),
            (datetime.date(2014, 12, 1), 2014),
            ("16", "not_a_year"),
        ]
        self.assert_cases(cleaning.year, years)
        day = datetime.date(2016, 5, 20)
        spellings = [
            "2016.5.20",
            "2016/5/20",
            "2016年5月20日",
            "20160520",
            20160520.0,
            42510.0,
            "2016-05-20 00:00:00",
            day,
        ]
        self.assert_cases(cleaning.day, [(spelling, day) for spelling in spellings])
        self.assert_cases(cleaning.day, [("2016.2.30", "not_a_date"), ("五月", "not_a_date")])

    def test_numbers_of_the_register_stay_text(self):
        clean = cleaning.register_number(30)
        cases = [("4117255000000000", "4117255000000000"), (900100001.0, ("taken_as_digits", "900100001"))]
        cases += [
            (4117255000000000.0, "number_lost_digits"),
            ("4.1E+15", "scientific"),
            ("一号", "number_characters"),
        ]
        cases += [(" '４１１７ ", "4117"), (1.5, "number_characters")]
        self.assert_cases(clean, cases)

    def test_phones_and_accounts(self):
        phones = [
            ("10036387383", "10036387383"),
            ("0396-7022222", "03967022222"),
            (10036387383.0, ("taken_as_digits", "10036387383")),
        ]
        self.assert_cases(cleaning.phone, [*phones, ("无", "phone_form"), (12.0, "phone_form")])
        self.assert_cases(
            cleaning.account,
            [("6228 4800 0000 0000 001", "6228480000000000001"), (6.2e18, "number_lost_digits")],
        )

    def test_text_is_normalised_at_the_door(self):
        clean = cleaning.text(50)
        self.assert_cases(
            clean,
            [
                (" 买买提·吐尔逊　", "买买提·吐尔逊"),
                ("张\x00三\x07", "张三"),
                ("张\n三", "张 三"),
                (3.0, "3"),
            ],
        )
        self.assert_cases(clean, [("字" * 51, "too_long")])

    def test_a_bare_number_is_a_group(self):
        self.assert_cases(
            cleaning.group_name, [(3.0, "3组"), ("３组", "3组"), ("03", "3组"), ("王楼", "王楼")]
        )

    @given(
        st.one_of(
            st.text(max_size=40),
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(),
            st.booleans(),
            st.dates(),
        )
    )
    def test_no_cell_breaks_any_column(self, cell):
        if is_blank(cell):
            return
        for sheet in FORMATS.values():
            for column in sheet.columns:
                if column.clean is not None:
                    outcome(column.clean, cell)


class CodeListTests(SimpleTestCase):
    def test_a_list_knows_its_labels_and_codes(self):
        for known in (lists.CAUSE, lists.RELATION, lists.SCHOOL, lists.FUEL, lists.GRADE):
            for code, label in known.labels.items():
                for word in (label, code, code.lstrip("0") or "0", f"{code}.{label}", f"{code} {label}"):
                    with self.subTest(word):
                        self.assertEqual(known.find(word), code)

    def test_code_and_label_that_contradict_each_other_are_not_believed(self):
        self.assertIsNone(lists.CAUSE.find("02 因病"))

    def test_brackets_of_either_width(self):
        self.assertEqual(lists.STATUS.find("已脱贫(享受政策)"), lists.STATUS.find("已脱贫（享受政策）"))


class IdentityTests(SimpleTestCase):
    @given(
        st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2020, 1, 1)),
        st.integers(0, 999),
    )
    def test_a_number_tells_birth_and_sex(self, born, serial):
        parsed = identity.parse(id_number(serial, born))

        self.assertEqual((parsed.birth_date, parsed.sex), (born, "1" if serial % 2 else "2"))
        self.assertTrue(parsed.checksum_holds)

    @given(st.integers(0, 16), st.integers(1, 9))
    def test_one_wrong_digit_is_noticed(self, position, step):
        number = id_number(7)
        wrong = number[:position] + str((int(number[position]) + step) % 10) + number[position + 1 :]
        try:
            self.assertFalse(identity.parse(wrong).checksum_holds)
        except identity.IdNumberError as error:
            self.assertEqual(error.kind, "birth_date")

    def test_the_examples_of_the_standard(self):
        for number in ("11010519491231002X", "440524188001010014"):
            self.assertTrue(identity.parse(number).checksum_holds)

    def test_age_counts_whole_years(self):
        born = datetime.date(2010, 9, 1)
        self.assertEqual(identity.age_on(born, datetime.date(2016, 9, 1)), 6)
        self.assertEqual(identity.age_on(born, datetime.date(2016, 8, 31)), 5)


class WordsTests(SimpleTestCase):
    def test_every_problem_has_a_sentence_and_a_cure_in_both_languages(self):
        names = (
            "letter heading value limit choices near length township village code code_name name known county"
        )
        names += " row file number registered year"
        params = dict.fromkeys(names.split(), "x")
        for language in ("en", "zh-hans"):
            with translation.override(language):
                for code in problems.WORDS:
                    self.assertTrue(problems.sentence(code, params))
                    self.assertTrue(problems.cure(code, params))
                    self.assertTrue(problems.kind(code))
