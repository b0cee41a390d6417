"""One small workbook for each kind of mistake: what is refused, by which name, and what is only noted."""

import openpyxl

from accounts.models import User
from exchange import services
from exchange.applying import RegisterChanged
from exchange.models import StagedRow
from exchange.reports import Columns, findings
from households.models import Household, HouseholdYear, Person
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import (
    HOUSEHOLD,
    OTHER_HOUSEHOLD,
    household,
    household_year,
    id_number,
    person,
    table,
    village,
    village_year,
)
from tests.exchange.sheets import xlsx
from tests.makers import make_household, make_member, make_village


class RefusedRowTests(ImportTestCase):
    """Cells and rows of which each refuses its row."""

    def assert_refused(self, code, *tables, rows=1):
        source = self.read(*tables)
        self.assertEqual(set(self.codes(source)), {code})
        self.assertEqual(self.counts(source)["refused"], rows)
        return source

    def test_mistakes_in_a_cell(self):
        cases = [
            ("number_lost_digits", household(证件号码=999001197005010018.0)),
            ("scientific", household(证件号码="9.99001E+17")),
            ("id_birth_date", household(证件号码="999001197013010011")),
            ("id_length", household(证件号码="99900119700501001")),
            ("number_lost_digits", household(户编号=4117255000000000.0)),
            ("scientific", household(户编号="4.11726E+15")),
            ("number_characters", household(户编号="三户")),
            ("required", household(户编号="　")),
            ("required", household(行政村=None)),
            ("township_unknown", household(**{"乡(镇)": "没有镇"})),
            ("township_missing", household(**{"乡(镇)": None})),
            ("village_unknown", household(行政村="没有村")),
            ("village_unknown_near", household(行政村="西李楼村")),
            ("not_in_list_near", household(主要致贫原因="生病")),
            ("not_in_list", household(脱贫属性="不知道")),
            ("not_yes_no", household(危房户="大概")),
            ("two_points", household(人均纯收入="12.3.4")),
            ("not_a_number", household(人均纯收入="一千")),
            ("too_large", household(**{"务工时间（月）": 14})),
            ("not_a_year", household(脱贫年度="去年")),
            ("two_points", household_year(工资性收入="1.200.50")),
            ("negative", household_year(工资性收入=-1)),
            ("too_small", household_year(家庭人口数=0)),
            ("not_whole", household_year(家庭人口数=2.5)),
            ("not_in_list", household_year(危房级别="危险")),
            ("not_a_year", household_year(年度="16")),
        ]
        for code, row in cases:
            kind = household if "序号" in row else household_year
            tables = [table(kind, row)]
            if kind is household_year:
                tables.append(table(household, household()))
            with self.subTest(code, row=row):
                self.assert_refused(code, *tables)

    def test_mistakes_in_a_members_row(self):
        cases = [
            ("number_lost_digits", person(证件号码=999001197005010018)),
            ("scientific", person(证件号码="9.99001E+17")),
            ("id_birth_date", person(证件号码="999001209905010013")),
            ("required", person(姓名=" ")),
            ("not_in_list", person(与户主关系="朋友")),
            ("not_in_list", person(在校生状况="在读")),
            ("household_unknown", person(户编号=OTHER_HOUSEHOLD)),
        ]
        for code, row in cases:
            with self.subTest(code, row=row):
                self.assert_refused(code, table(household, household()), table(person, row))

    def test_mistakes_in_a_villages_row(self):
        cases = [
            ("village_unknown", village_year(行政区划编码=None, 村="没有村")),
            ("code_and_name_differ", village_year(村="王楼村")),
            ("code_and_name_differ", village_year(行政区划编码="999001102201", 村="王楼村")),
            ("area_code_length", village_year(行政区划编码="99900110120")),
            ("negative", village_year(饮水困难户数=-1)),
            ("not_yes_no", village_year(是否通客运班车="每天")),
        ]
        for code, row in cases:
            with self.subTest(code, row=row):
                self.assert_refused(code, table(village_year, row))

    def test_a_formula_without_a_value(self):
        path = xlsx(self.folder / "a.xlsx", table(household, household(人均纯收入="=AC2/J2")))

        source = self.assert_refused("formula_without_value", path)

        row = StagedRow.objects.get(source=source)
        (finding,) = findings(row, Columns(row.sheet))
        self.assertEqual((finding.letter, finding.heading, finding.value), ("AA", "人均纯收入", "=AC2/J2"))

    def test_the_first_of_two_rows_stands_and_the_later_is_refused(self):
        cases = [
            ("duplicate_key", [table(household, household(), household())]),
            (
                "duplicate_key",
                [table(household, household()), table(household_year, household_year(), household_year())],
            ),
            (
                "duplicate_key",
                [table(village_year, village_year(), village_year(行政区划编码=None, 村="李楼"))],
            ),
            ("duplicate_key", [table(village, village(), village())]),
            ("duplicate_in_file", [table(household, household()), table(household, household(姓名="李四"))]),
            (
                "same_person",
                [table(household, household()), table(person, person(), person(人编号="2", 姓名="李四"))],
            ),
        ]
        for code, tables in cases:
            with self.subTest(code):
                self.assert_refused(code, *tables)

    def test_the_refusal_names_the_first_row(self):
        source = self.read(table(household, household(), household()))

        row = StagedRow.objects.get(source=source, state="refused")
        self.assertEqual((row.number, row.problems[0]["params"]["row"]), (3, 2))

    def test_a_key_of_a_refused_row_is_free_for_the_next(self):
        source = self.read(table(household, household(行政村="没有村"), household()))

        self.assertEqual((self.counts(source)["new"], self.counts(source)["refused"]), (1, 1))

    def test_members_of_a_refused_household_are_refused_with_its_row(self):
        source = self.read(
            table(household, household(行政村="没有村")),
            table(person, person()),
            table(household_year, household_year()),
        )

        self.assertEqual(self.codes(source), ["village_unknown", "household_refused", "household_refused"])

    def test_members_of_a_household_in_the_register_are_taken_though_its_row_is_refused(self):
        self.put_in(table(household, household()))

        source = self.read(table(household, household(危房户="大概")), table(person, person()))

        self.assertEqual(self.codes(source), ["not_yes_no"])

    def test_a_cancelled_number_is_never_used_again(self):
        make_household(HOUSEHOLD, village=make_village(), cancelled_on="2016-02-01", cancelled_reason="清退")

        self.assert_refused("household_cancelled", table(household, household()))

    def test_a_closed_year_is_not_written(self):
        self.put_in(table(household, household()))
        HouseholdYear.objects.update(closed=True)

        self.assert_refused("closed_year", table(household_year, household_year()))


class NotedRowTests(ImportTestCase):
    """What is taken with a remark."""

    def assert_noted(self, code, *tables):
        source = self.read(*tables)
        self.assertEqual(self.codes(source), [])
        self.assertIn(code, self.notes(source))
        self.assertEqual(self.counts(source)["warned"], 1)
        return source

    def test_a_lost_identity_number_costs_only_the_cell_in_the_yearly_sheet(self):
        row = household_year(户主证件号码=999001197005010018.0)
        self.assert_noted("number_lost_digits", table(household, household()), table(household_year, row))

    def test_a_wrong_check_character(self):
        number = id_number()
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        self.assert_noted("id_checksum", table(household, household()), table(person, person(证件号码=wrong)))

    def test_a_disability_card_gives_its_first_18_characters(self):
        card = person(证件号码=f"{id_number()}43")
        self.put_in(table(household, household()), table(person, card))

        member = Person.objects.get()
        self.assertEqual(member.birth_date.year, 1970)
        self.assertIsNotNone(member.disability_card)

    def test_a_short_number_stored_as_a_number(self):
        self.assert_noted("taken_as_digits", table(household, household(户编号=900100001.0)))

    def test_a_phone_stored_as_a_number(self):
        self.assert_noted("taken_as_digits", table(household, household(联系电话=10036387383.0)))

    def test_a_phone_that_is_none(self):
        self.assert_noted("phone_form", table(household, household(联系电话="无电话")))

    def test_an_account_stored_as_a_number(self):
        row = household_year(银行卡号=6.22848e18)
        self.assert_noted("number_lost_digits", table(household, household()), table(household_year, row))

    def test_an_amount_finer_than_fen(self):
        self.assert_noted("rounded", table(household, household(人均纯收入="2951.505")))

    def test_an_unknown_code_with_a_known_name(self):
        self.assert_noted(
            "code_taken_by_name", table(village_year, village_year(行政区划编码="999001101299"))
        )

    def test_another_village_than_the_household(self):
        tables = table(household, household()), table(person, person(行政村="王楼"))
        self.assert_noted("village_differs", *tables)


class TakenRowTests(ImportTestCase):
    """Spellings that are put right without a word."""

    def test_spellings_of_an_identity_number(self):
        number = id_number(1)
        spellings = [
            number.lower(),
            f"'{number}",
            f" {number[:6]} {number[6:14]} {number[14:]}",
            f"{number}\t",
        ]
        spellings.append("".join(chr(ord(digit) + 0xFEE0) for digit in number))
        for spelling in spellings:
            with self.subTest(spelling):
                source = self.read(table(household, household()), table(person, person(证件号码=spelling)))
                self.assertEqual((self.codes(source), self.notes(source)), ([], []))

    def test_fifteen_digits_become_eighteen(self):
        number = id_number(1)
        self.put_in(table(household, household()), table(person, person(证件号码=number[:6] + number[8:17])))

        source = self.read(table(person, person()))

        self.assertEqual(self.counts(source)["unchanged"], 1)

    def test_spellings_of_a_village(self):
        for name in ("李楼", "李楼村", "李楼村委会", "李楼村民委员会", " 李楼 村"):
            with self.subTest(name):
                self.assertEqual(self.codes(self.read(table(household, household(行政村=name)))), [])

    def test_two_townships_have_a_village_of_one_name(self):
        self.put_in(
            table(
                household,
                household(行政村="王楼村"),
                household(户编号=OTHER_HOUSEHOLD, 行政村="王楼村", **{"乡(镇)": "临近镇"}),
            )
        )

        codes = set(Household.objects.values_list("village__area__code", flat=True))
        self.assertEqual(codes, {"999001101202", "999001102201"})

    def test_labels_and_codes(self):
        for cause in ("因病", "01", "1", 1, "1.因病", "01 因病", " 因 病 "):
            with self.subTest(cause):
                source = self.read(table(household, household(主要致贫原因=cause)))
                row = StagedRow.objects.get(source=source)
                self.assertEqual(row.values["household_year"]["main_cause"], "01")

    def test_several_states_of_health(self):
        for health in ("患有大病,残疾", "大病+残疾", "03、04", "残疾；患有大病"):
            with self.subTest(health):
                source = self.read(table(household, household()), table(person, person(健康状况=health)))
                row = StagedRow.objects.get(source=source, format="persons")
                self.assertEqual(row.values["person_year"]["health"], ["03", "04"])

    def test_rows_that_are_no_rows(self):
        rows = table(household, household())
        rows += [
            [" ", "　"],
            ["合计", None, None, None, None, None, None, None, None, 2],
            ["总 计"],
            [None, "合计："],
        ]
        rows += [["填表人：王五", None, "审核人：赵六"], rows[0]]

        self.assertEqual(self.counts(self.read(rows))["rows_read"], 1)

    def test_a_hidden_row_with_words_is_a_row(self):
        path = xlsx(self.folder / "a.xlsx", table(household, household(), household(户编号=OTHER_HOUSEHOLD)))
        book = openpyxl.load_workbook(path)
        book.active.row_dimensions[3].hidden = True
        book.active.row_dimensions[4].hidden = True
        book.save(path)

        self.assertEqual(self.counts(self.read(path))["new"], 2)

    def test_title_rows_order_brackets_and_breaks_do_not_matter(self):
        rows = table(household, household())
        order = list(reversed(range(len(rows[0]))))
        mixed = [[row[i] for i in order] for row in rows]
        mixed[0] = [h.replace("(", "（").replace(")", "）").replace("危房户", "危 房\n户") for h in mixed[0]]

        source = self.read([["测试县贫困户信息表"], [], ["单位：元"], *mixed])

        self.assertEqual((self.counts(source)["new"], self.codes(source)), (1, []))

    def test_a_sheet_of_members_is_told_from_one_of_heads(self):
        headings = ["户编号", "姓名", "证件号码", "与户主关系", "健康状况"]
        wife = person(人编号=None, 姓名="李四", 证件号码=id_number(2), 与户主关系="配偶")

        source = self.read(table(household, household()), table(person, person(), wife, headings=headings))

        formats = set(StagedRow.objects.filter(source=source).values_list("format", flat=True))
        self.assertEqual(formats, {"households", "persons"})

    def test_a_heading_states_its_own_unit(self):
        rows = table(household_year, household_year(工资性收入=0.5))
        rows[0] = ["工资性收入（万元）" if heading == "工资性收入" else heading for heading in rows[0]]

        source = self.read(table(household, household()), rows)

        row = StagedRow.objects.get(source=source, format="household_years")
        self.assertEqual(row.values["household_year"]["wage"], 500_000)


class ScopeTests(ImportTestCase):
    """An import for a township: what lies outside is as unknown as what does not exist."""

    def setUp(self):
        super().setUp()
        self.township = self.county.children.get(code="999001101000")
        self.outside = make_household(OTHER_HOUSEHOLD, village=make_village("999001102201"))

    def test_a_village_outside_is_an_unknown_one(self):
        foreign = household(**{"乡(镇)": "临近镇", "行政村": "王楼村"})
        missing = household(户编号="3", **{"乡(镇)": "没有镇", "行政村": "王楼村"})

        source = self.read(table(household, foreign, missing), area=self.township)

        self.assertEqual(self.codes(source), ["township_unknown", "township_unknown"])

    def test_a_code_outside_is_an_unknown_one(self):
        row = village_year(行政区划编码="999001102201", **{"乡（镇）": "临近镇", "村": "王楼村"})

        source = self.read(table(village_year, row), area=self.township)

        self.assertEqual(self.codes(source), ["township_unknown"])

    def test_members_and_years_of_a_household_outside(self):
        source = self.read(
            table(
                person,
                person(户编号=OTHER_HOUSEHOLD),
                person(户编号="77", 人编号="77", 证件号码=id_number(5)),
            ),
            table(household_year, household_year(户编号=OTHER_HOUSEHOLD)),
            area=self.township,
        )

        self.assertEqual(self.codes(source), ["household_unknown"] * 3)

    def test_a_number_that_stands_outside_is_not_told(self):
        source = self.read(table(household, household(户编号=OTHER_HOUSEHOLD)), area=self.township)

        self.assertEqual(self.codes(source), ["number_elsewhere"])
        self.assertFalse(User.objects.exists())

    def confirmed_and_refused(self, source, *codes):
        """Writing stops, the rows are refused by these names, and none of them tells what lies outside."""
        services.confirm_import(source)
        with self.assertRaises(RegisterChanged):
            services.apply_import(source)

        self.assertEqual(self.codes(source), list(codes))
        for row in StagedRow.objects.filter(source=source):
            self.assertEqual((row.state, row.diff), ("refused", row.diff and {}))

    def test_a_number_given_away_outside_since_the_preview_is_neither_shown_nor_written(self):
        number = "9990010000000077"
        source = self.read(
            table(household, household(户编号=number)),
            table(household_year, household_year(户编号=number)),
            area=self.township,
        )
        other = make_household(number, village=make_village("999001102201"))

        self.confirmed_and_refused(source, "number_elsewhere", "household_unknown")

        other.refresh_from_db()
        self.assertEqual(other.village.area.code, "999001102201")

    def test_a_household_that_left_the_area_since_the_preview_is_not_written(self):
        self.put_in(table(household, household()), area=self.township)
        source = self.read(table(household_year, household_year(工资性收入=6000)), area=self.township)
        Household.objects.filter(number=HOUSEHOLD).update(village=make_village("999001102201"))
        services.confirm_import(source)

        with self.assertRaises(RegisterChanged):
            services.apply_import(source)

        self.assertEqual(self.codes(source), ["household_unknown"])
        self.assertIsNone(HouseholdYear.objects.get(household__number=HOUSEHOLD).wage)

    def test_a_person_who_came_to_live_outside_since_the_preview_is_not_moved_here(self):
        source = self.read(table(household, household()), table(person, person()), area=self.township)
        plain = id_number()
        there = make_member(self.outside, name="张三", id_number=plain).person

        services.confirm_import(source)
        with self.assertRaises(RegisterChanged):
            services.apply_import(source)

        self.assertEqual(self.codes(source), ["person_elsewhere"])
        self.assertEqual(there.memberships.get(to_day=None).household, self.outside)
