"""Whatever writes a row of facts, the database records it, with the person and the reason."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test import TestCase

from core.changes import change
from core.models import RowHistory
from households.models import Household, HouseholdYear, Person
from tests.database import as_owner
from tests.makers import make_household, make_household_year, make_user, make_village_year

pytestmark = pytest.mark.database
FACTS = {
    "areas_area": "name = name || '新'",
    "villages_villageyear": "paved_road = false",
    "households_household": "first_identified_year = 2015",
    "households_householdstatus": "document = '文件'",
    "households_householdyear": "wage = 7",
    "households_person": "ethnic_group = '汉族'",
    "households_personyear": "mandarin = true",
    "households_membership": "version = version + 1",
}


class RecordedTests(TestCase):
    """COPY, MERGE, CTEs and SQL by hand leave the same trace as a form's save."""

    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("township_clerk")
        cls.household = make_household()
        cls.year = cls.household.years.get()

    def setUp(self):
        self.last = RowHistory.objects.order_by("pk").last().pk

    def recorded(self, table: str) -> list[RowHistory]:
        rows = RowHistory.objects.filter(pk__gt=self.last, table=table).order_by("pk")
        return list(rows.select_related("change"))

    def changed_by_clerk(self):
        return change("test.saved", user=self.user, role="township_clerk", reason="入户核实", evidence="照片")

    def assert_by_clerk(self, row: RowHistory) -> None:
        seen = row.change
        self.assertEqual(
            (seen.user_id, seen.role, seen.reason, seen.evidence),
            (self.user.pk, "township_clerk", "入户核实", "照片"),
        )

    def run_sql(self, sql: str, params: list | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    def test_a_save_names_old_and_new(self):
        with self.changed_by_clerk():
            self.year.wage = 1200
            self.year.save(update_fields=["wage"])

        (row,) = self.recorded("households_householdyear")
        self.assert_by_clerk(row)
        self.assertEqual((row.operation, row.changed), ("U", {"wage": [None, 120000]}))

    def test_copy(self):
        with self.changed_by_clerk(), connection.cursor() as cursor:
            lines = io.StringIO("999001\t钱一\t{}\t1\n999001\t钱二\t{}\t1\n")
            cursor.copy_expert("COPY households_person (county, name, name_keys, version) FROM STDIN", lines)

        rows = self.recorded("households_person")
        self.assertEqual([row.image["name"] for row in rows], ["钱一", "钱二"])
        self.assert_by_clerk(rows[0])
        self.assertEqual(rows[0].change, rows[1].change)

    def test_merge(self):
        with self.changed_by_clerk():
            self.run_sql(
                "MERGE INTO households_householdyear y USING (VALUES (%s::bigint, 2016, 5000),"
                " (%s::bigint, 2017, 7000)) AS v (household, year, wage)"
                " ON y.household_id = v.household AND y.year = v.year"
                " WHEN MATCHED THEN UPDATE SET wage = v.wage"
                " WHEN NOT MATCHED THEN INSERT (household_id, year, wage, version, closed, members,"
                " school_age, out_of_school, school_unknown, uninsured, insurance_unknown, seriously_ill,"
                " ill_without_relief, ill_relief_unknown)"
                " VALUES (v.household, v.year, v.wage, 1, false, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                [self.household.pk, self.household.pk],
            )

        rows = {row.operation: row for row in self.recorded("households_householdyear")}
        self.assertEqual(sorted(rows), ["I", "U"])
        self.assertEqual(rows["U"].changed, {"wage": [None, 5000]})
        self.assertEqual(rows["I"].image["wage"], 7000)
        self.assert_by_clerk(rows["I"])
        self.assert_by_clerk(rows["U"])

    def test_a_common_table_expression_that_writes_two_tables(self):
        head = self.household.memberships.get()
        with self.changed_by_clerk():
            self.run_sql(
                "WITH named AS (UPDATE households_person SET ethnic_group = '回族' WHERE id = %s RETURNING id)"
                " UPDATE households_personyear SET mandarin = true WHERE person_id IN (SELECT id FROM named)",
                [head.person_id],
            )

        (person,) = self.recorded("households_person")
        (facts,) = self.recorded("households_personyear")
        self.assertEqual(person.changed, {"ethnic_group": [None, "回族"]})
        self.assertEqual(facts.changed, {"mandarin": [None, True]})
        self.assertEqual(person.change, facts.change)
        self.assert_by_clerk(facts)

    def test_sql_by_hand_is_recorded_with_the_database_user(self):
        self.run_sql("UPDATE households_householdyear SET wage = 1 WHERE id = %s", [self.year.pk])

        (row,) = self.recorded("households_householdyear")
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            (name,) = cursor.fetchone()
        self.assertEqual(
            (row.change.kind, row.change.database_user, row.change.user_id), ("direct", name, None)
        )

    def test_statements_by_hand_share_one_change_in_a_transaction(self):
        for wage in (1, 2, 3):
            self.run_sql("UPDATE households_householdyear SET wage = %s WHERE id = %s", [wage, self.year.pk])

        rows = self.recorded("households_householdyear")
        self.assertEqual((len(rows), len({row.change_id for row in rows})), (3, 1))

    def test_a_deletion_keeps_the_last_image(self):
        with as_owner(), self.changed_by_clerk():
            make_household_year(self.household, 2017, wage=88)
            self.run_sql("DELETE FROM households_householdyear WHERE year = 2017")

        row = self.recorded("households_householdyear")[-1]
        self.assertEqual((row.operation, row.image["wage"]), ("D", 8800))
        self.assert_by_clerk(row)

    def test_an_update_that_changes_nothing_leaves_no_row(self):
        self.run_sql("UPDATE households_householdyear SET wage = wage")

        self.assertEqual(self.recorded("households_householdyear"), [])

    def test_what_the_database_derives_stands_in_no_history(self):
        self.run_sql("UPDATE households_householdyear SET members = 9 WHERE id = %s", [self.year.pk])

        self.assertEqual(self.recorded("households_householdyear"), [])
        image = RowHistory.objects.filter(table="households_householdyear").last().image
        self.assertNotIn("members", image)

    def test_images_hold_the_key_of_a_secret_and_never_its_value(self):
        person = Person.objects.get(pk=self.household.memberships.get().person_id)
        image = RowHistory.objects.filter(table="households_person", row_id=person.pk).last().image

        self.assertEqual(image["id_number_id"], person.id_number_id)
        self.assertNotIn("999001", str({**image, "county": ""}))

    def test_changes_nest(self):
        with change("test.outer", reason="outer") as outer:
            with change("test.inner", reason="inner"):
                HouseholdYear.objects.filter(pk=self.year.pk).update(wage=1)
            HouseholdYear.objects.filter(pk=self.year.pk).update(wage=2)

        first, second = self.recorded("households_householdyear")
        self.assertEqual((first.change.reason, second.change), ("inner", outer))

    def test_a_change_that_failed_leaves_nothing_and_the_next_has_its_own(self):
        with self.assertRaises(ValueError), self.changed_by_clerk():
            HouseholdYear.objects.filter(pk=self.year.pk).update(wage=1)
            raise ValueError
        with change("test.saved", reason="second") as second:
            HouseholdYear.objects.filter(pk=self.year.pk).update(wage=2)

        (row,) = self.recorded("households_householdyear")
        self.assertEqual((row.change, row.changed), (second, {"wage": [None, 200]}))


class RowImageTests(TestCase):
    """Generated data keeps no images; nobody but the owner of the tables may ask for that."""

    def test_the_owner_switches_images_off_for_a_transaction(self):
        household = make_household()
        before = RowHistory.objects.count()

        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL core.row_images = 'off'")
            cursor.execute("UPDATE households_household SET first_identified_year = 2014")
            cursor.execute("SET LOCAL core.row_images = ''")

        self.assertEqual(RowHistory.objects.count(), before)
        self.assertEqual(Household.objects.get(pk=household.pk).first_identified_year, 2014)

    def test_another_role_cannot(self):
        make_household()
        before = RowHistory.objects.count()

        with as_owner(), connection.cursor() as cursor:
            cursor.execute("CREATE ROLE history_test_clerk")
            cursor.execute("GRANT history_test_clerk TO CURRENT_USER")
            cursor.execute("GRANT USAGE ON SCHEMA public TO history_test_clerk")
            cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO history_test_clerk")
            cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO history_test_clerk")
            cursor.execute("SET LOCAL ROLE history_test_clerk")
            cursor.execute("SET LOCAL core.row_images = 'off'")
            cursor.execute("UPDATE households_household SET first_identified_year = 2014")
            cursor.execute("RESET ROLE")
            cursor.execute("SET LOCAL core.row_images = ''")

        self.assertEqual(RowHistory.objects.count(), before + 1)

    def test_emptying_a_table_is_recorded(self):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE households_householdstatus")

        row = RowHistory.objects.last()
        self.assertEqual((row.table, row.operation), ("households_householdstatus", "T"))


class EveryTableTests(TestCase):
    def test_every_table_with_facts_keeps_images_and_changes(self):
        """A trigger that is missing, or one that forgets the image, would be seen here."""
        make_household()
        make_village_year(paved_road=True)
        with connection.cursor() as cursor:
            for table in FACTS:
                cursor.execute(f"UPDATE {table} SET {FACTS[table]}")

        for table in FACTS:
            with self.subTest(table):
                inserted = RowHistory.objects.filter(table=table, operation="I").first()
                updated = RowHistory.objects.filter(table=table, operation="U").last()
                self.assertEqual(inserted.image["id"], inserted.row_id)
                self.assertTrue(updated.changed)
                self.assertTrue(updated.image)


class DayTests(TestCase):
    def test_a_day_stands_as_iso_text(self):
        household = make_household()

        Household.objects.filter(pk=household.pk).update(
            cancelled_on=date(2016, 9, 1), cancelled_reason="迁出"
        )

        row = RowHistory.objects.filter(table="households_household", operation="U").last()
        self.assertEqual(row.changed["cancelled_on"], [None, "2016-09-01"])
