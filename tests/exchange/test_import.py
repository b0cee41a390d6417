from decimal import Decimal

from django.core.exceptions import ValidationError

from areas.models import Area
from core.models import Change, RowHistory
from core.secrets import reveal
from exchange import services
from exchange.applying import RegisterChanged
from exchange.models import Import, ImportFile, StagedRow
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
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
from villages.models import VillageYear


def whole_register():
    """One table of each sheet, in an order that is not the one they are applied in."""
    second = id_number(2)
    return (
        table(household_year, household_year()),
        table(
            person, person(), person(人编号=f"{HOUSEHOLD}02", 姓名="李四", 证件号码=second, 与户主关系="配偶")
        ),
        table(village_year, village_year()),
        table(household, household()),
        table(village, village()),
    )


class RegisterTests(ImportTestCase):
    def test_the_five_sheets_make_a_register(self):
        source = self.put_in(*whole_register())

        self.assertEqual(self.counts(source)["new"], 6)
        one = Household.objects.get(number=HOUSEHOLD)
        self.assertEqual((one.head_name, one.status, one.group.name), ("张三", "poor", "3组"))
        self.assertEqual(one.identification_basis, "01")
        self.assertEqual(reveal(one.phone), "10036387383")
        year = one.years.get(year=2016)
        self.assertEqual((year.wage, year.persons, year.members), (Decimal("5000.55"), 2, 2))
        self.assertEqual((year.register_dilapidated, year.dilapidated, year.house_grade), (False, False, "1"))
        facts = VillageYear.objects.get(village__area__code="999001101201", year=2016)
        self.assertEqual((facts.population, facts.register_population), (1600, 1601))
        self.assertEqual((facts.collective_income, facts.households_total), (Decimal("43600.00"), 401))

    def test_members_carry_what_their_number_says(self):
        self.put_in(*whole_register())

        member = Person.objects.get(name="李四")
        self.assertEqual((member.birth_date.isoformat(), member.sex), ("1970-05-01", "2"))
        self.assertEqual(reveal(member.id_number), id_number(2))
        self.assertIn("lisi", member.name_keys)
        self.assertTrue(member.years.get(year=2016).medical_insurance)
        self.assertEqual(member.memberships.get().from_day.isoformat(), "2016-01-01")

    def test_the_leading_sheet_settles_a_fact_that_both_state(self):
        self.put_in(*whole_register())

        year = HouseholdYear.objects.get(household__number=HOUSEHOLD, year=2016)
        self.assertEqual((year.main_cause, year.stated_per_capita), ("02", Decimal("3000.50")))

    def test_the_other_sheet_fills_a_gap(self):
        year = household_year(主要致贫原因=None, 人均纯收入="　")
        self.put_in(table(household, household()), table(household_year, year))

        year = HouseholdYear.objects.get(household__number=HOUSEHOLD, year=2016)
        self.assertEqual((year.main_cause, year.stated_per_capita), ("01", Decimal("2951.50")))

    def test_the_same_files_again_change_nothing(self):
        self.put_in(*whole_register())
        before = RowHistory.objects.count()

        source = self.put_in(*whole_register())

        self.assertEqual((self.counts(source)["unchanged"], self.counts(source)["new"]), (6, 0))
        self.assertEqual(RowHistory.objects.count(), before)

    def test_everything_is_written_under_one_change(self):
        source = self.put_in(*whole_register())

        change = Change.objects.get(source_import=source.pk)
        self.assertEqual((change.kind, change.reason), ("import.applied", "试"))
        self.assertEqual(
            set(RowHistory.objects.filter(change=change).values_list("operation", flat=True)), {"I"}
        )
        tables = set(RowHistory.objects.filter(change=change).values_list("table", flat=True))
        self.assertGreaterEqual(tables, {"households_household", "households_person", "villages_villageyear"})

    def test_no_plain_number_stands_in_the_staged_rows(self):
        source = self.read(*whole_register())

        for row in StagedRow.objects.filter(source=source):
            kept = f"{row.values}{row.secrets}{row.problems}{row.notes}"
            self.assertNotIn(id_number(), kept)
            self.assertNotIn("10036387383", kept)


class ChangeTests(ImportTestCase):
    def test_a_change_is_shown_field_by_field(self):
        self.put_in(*whole_register())

        source = self.read(table(household_year, household_year(工资性收入="6,000.00", 危房级别="C")))

        row = StagedRow.objects.get(source=source)
        self.assertEqual(row.diff, {"household_year": {"wage": [500055, 600000], "house_grade": ["1", "3"]}})

    def test_a_change_writes_only_what_differs_and_counts_the_version(self):
        self.put_in(*whole_register())

        self.put_in(table(household_year, household_year(工资性收入=6000)))

        year = HouseholdYear.objects.get(household__number=HOUSEHOLD, year=2016)
        self.assertEqual((year.wage, year.version), (Decimal("6000.00"), 2))
        row = RowHistory.objects.filter(table="households_householdyear", operation="U").latest("pk")
        self.assertEqual(set(row.changed), {"wage", "version"})

    def test_an_empty_cell_erases_nothing(self):
        self.put_in(*whole_register())

        source = self.put_in(table(household_year, household_year(工资性收入=None, 危房级别=" ")))

        self.assertEqual(self.counts(source)["unchanged"], 1)

    def test_an_empty_cell_erases_when_that_was_asked(self):
        self.put_in(*whole_register())

        self.put_in(table(household_year, household_year(工资性收入=None)), erase_on_empty=True)

        self.assertIsNone(HouseholdYear.objects.get(household__number=HOUSEHOLD, year=2016).wage)

    def test_a_column_the_sheet_lacks_leaves_values_alone(self):
        self.put_in(*whole_register())

        source = self.put_in(
            table(household_year, household_year(), headings=["户编号", "年度", "低保金", "工资性收入"])
        )

        self.assertEqual(self.counts(source)["unchanged"], 1)

    def test_a_new_status_begins_on_the_first_of_january(self):
        self.put_in(*whole_register())

        self.put_in(table(household, household(脱贫属性="已脱贫(享受政策)", 脱贫年度="2017年")), year=2017)

        statuses = list(HouseholdStatus.objects.values_list("status", "from_day__year"))
        self.assertEqual(statuses, [("poor", 2016), ("out_supported", 2017)])
        one = Household.objects.get(number=HOUSEHOLD)
        self.assertEqual((one.status, one.exit_year), ("out_supported", 2017))

    def test_a_corrected_identity_number_keeps_the_person(self):
        self.put_in(*whole_register())

        self.put_in(table(person, person(证件号码=id_number(9))))

        member = Person.objects.get(name="张三")
        self.assertEqual(reveal(member.id_number), id_number(9))
        self.assertEqual(Person.objects.count(), 2)

    def test_a_person_found_in_another_household_moves(self):
        self.put_in(*whole_register())
        moved = person(
            户编号=OTHER_HOUSEHOLD, 人编号=None, 姓名="李四", 证件号码=id_number(2), 与户主关系="户主"
        )

        source = self.put_in(table(household, household(户编号=OTHER_HOUSEHOLD)), table(person, moved))

        self.assertIn("person_moved", self.notes(source))
        member = Person.objects.get(name="李四")
        self.assertEqual(member.memberships.get(to_day=None).household.number, OTHER_HOUSEHOLD)
        self.assertEqual(Membership.objects.filter(person=member).exclude(to_day=None).count(), 1)
        self.assertEqual(HouseholdYear.objects.get(household__number=HOUSEHOLD, year=2016).members, 1)

    def test_rows_of_two_years_are_two_rows(self):
        years = table(household_year, household_year(), household_year(年度="2015", 工资性收入=1))
        self.put_in(table(household, household()), years)

        wages = dict(HouseholdYear.objects.values_list("year", "wage"))
        self.assertEqual(wages, {2016: Decimal("5000.55"), 2015: Decimal("1.00")})

    def test_households_missing_from_the_sheet_stay(self):
        self.put_in(*whole_register(), table(household, household(户编号=OTHER_HOUSEHOLD)))

        self.put_in(table(household, household()))

        self.assertEqual(Household.objects.valid().count(), 2)

    def test_a_household_that_moves_takes_its_group_and_year_along(self):
        self.put_in(*whole_register())

        self.put_in(table(household, household(行政村="王楼")))

        one = Household.objects.get(number=HOUSEHOLD)
        self.assertEqual((one.village.area.code, one.group.code[:12]), ("999001101202", "999001101202"))
        self.assertEqual(one.years.get(year=2016).village_id, one.village_id)


class ConfirmingTests(ImportTestCase):
    def test_nothing_is_written_before_a_person_confirms(self):
        self.read(*whole_register())

        self.assertFalse(Household.objects.exists())

    def test_good_rows_go_in_and_bad_rows_stay_out(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")

        source = self.put_in(table(household, household(), bad))

        self.assertEqual((self.counts(source)["new"], self.counts(source)["refused"]), (1, 1))
        self.assertEqual(Household.objects.get().number, HOUSEHOLD)

    def test_all_or_nothing_writes_nothing_when_a_row_is_refused(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 行政村="没有村")
        source = self.read(table(household, household(), bad), all_or_nothing=True)

        with self.assertRaises(ValidationError):
            services.confirm_import(source)

        self.assertFalse(Household.objects.exists())

    def test_an_import_is_confirmed_once(self):
        source = self.read(*whole_register())
        services.confirm_import(source)

        with self.assertRaises(ValidationError):
            services.confirm_import(source)

    def test_an_import_applied_twice_writes_once(self):
        source = self.put_in(*whole_register())
        before = RowHistory.objects.count()

        services.apply_import(source)

        self.assertEqual(RowHistory.objects.count(), before)

    def test_a_row_changed_since_the_preview_is_shown_again(self):
        self.put_in(*whole_register())
        source = self.read(table(household_year, household_year(工资性收入=6000)))
        HouseholdYear.objects.filter(year=2016).update(wage=Decimal("7000"), version=2)
        services.confirm_import(source)

        with self.assertRaises(RegisterChanged):
            services.apply_import(source)

        source.refresh_from_db()
        self.assertEqual((source.state, source.compared_again), (Import.State.COMPARED, 1))
        self.assertEqual(
            StagedRow.objects.get(source=source).diff["household_year"]["wage"], [700000, 600000]
        )
        self.assertEqual(HouseholdYear.objects.get(year=2016).wage, Decimal("7000"))

    def test_an_unrelated_edit_since_the_preview_does_not_hold_up(self):
        self.put_in(*whole_register())
        source = self.read(table(household_year, household_year(工资性收入=6000)))
        HouseholdYear.objects.filter(year=2016).update(toilet=True, version=2)
        services.confirm_import(source)

        services.apply_import(source)

        year = HouseholdYear.objects.get(year=2016)
        self.assertEqual((year.wage, year.toilet, year.version), (Decimal("6000"), True, 3))

    def test_reading_again_does_not_double_the_rows(self):
        source = self.read(*whole_register())
        Import.objects.filter(pk=source.pk).update(state="reading")
        source.refresh_from_db()

        services.read_import(source)

        self.assertEqual(self.counts(source)["rows_read"], 6)

    def test_a_bad_file_is_named_and_the_others_are_read(self):
        bad = self.folder / "bad.xlsx"
        bad.write_bytes(b"\x89PNG" + bytes(60))

        source = self.read(bad, table(household, household()))

        problems = dict(ImportFile.objects.filter(source=source).values_list("name", "problem"))
        self.assertEqual(problems, {"bad.xlsx": "picture", "1.xlsx": ""})
        self.assertEqual(self.counts(source)["new"], 1)

    def test_groups_are_made_once_inside_the_village(self):
        second = household(户编号=OTHER_HOUSEHOLD, 自然村="３ 组")

        self.put_in(table(household, household(), second))

        group = Area.objects.get(level="group")
        self.assertEqual((group.name, group.code), ("3组", "999001101201001"))
        self.assertEqual(PersonYear.objects.count(), 0)
