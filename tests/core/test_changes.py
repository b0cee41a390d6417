import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from structlog.contextvars import bound_contextvars

from areas.models import Area
from core.changes import change
from core.models import Change, RowHistory
from tests.database import as_owner
from tests.makers import make_area, make_user, make_village

FACTS = (
    "accounts_grant",
    "accounts_organisation",
    "accounts_user",
    "areas_area",
    "areas_areashape",
    "households_household",
    "households_householdnumberalias",
    "households_householdstatus",
    "households_householdyear",
    "households_membership",
    "households_person",
    "households_personyear",
    "standards_doubt",
    "standards_standardversion",
    "villages_countyyear",
    "villages_village",
    "villages_villageyear",
)


def last_row(table: str = "areas_area") -> RowHistory:
    return RowHistory.objects.filter(table=table).select_related("change").latest("pk")


def rename(area: Area, name: str) -> None:
    Area.objects.filter(pk=area.pk).update(name=name)


class ChangeTests(TestCase):
    """Each row written inside the block points to the change, whatever wrote it."""

    @classmethod
    def setUpTestData(cls):
        with change("set.up"):
            cls.area = make_area(name="旧县")

    def test_who_why_and_by_which_request(self):
        user = make_user(username="li")
        with change(
            "area.renamed", user=user, role="county_office", reason="更名", evidence="县政办〔2016〕1号",
            request_id="abc", source_import=5, county=999001,
        ):  # fmt: skip
            rename(self.area, "新县")

        made = last_row().change
        self.assertEqual(
            (made.kind, made.user_id, made.user_name, made.role),
            ("area.renamed", user.pk, "li", "county_office"),
        )
        self.assertEqual((made.reason, made.evidence, made.request_id), ("更名", "县政办〔2016〕1号", "abc"))
        self.assertEqual((made.source_import, made.county), (5, 999001))

    def test_the_request_id_comes_from_the_log_s_context(self):
        with bound_contextvars(request_id="from-the-request"), change("area.renamed"):
            rename(self.area, "新县")

        self.assertEqual(last_row().change.request_id, "from-the-request")

    def test_an_update_keeps_old_and_new_and_the_whole_image(self):
        with change("area.renamed"):
            rename(self.area, "新县")

        row = last_row()
        self.assertEqual(
            (row.operation, row.row_id, row.changed), ("U", self.area.pk, {"name": ["旧县", "新县"]})
        )
        self.assertEqual((row.image["name"], row.image["code"]), ("新县", self.area.code))

    def test_an_update_that_changes_nothing_leaves_no_row(self):
        before = RowHistory.objects.count()
        with change("area.renamed"):
            rename(self.area, "旧县")

        self.assertEqual(RowHistory.objects.count(), before)

    def test_rows_of_one_block_share_one_change(self):
        with change("areas.loaded") as record:
            make_area("999002000000", name="二县")
            rename(self.area, "新县")

        self.assertEqual(record.rows.count(), 2)

    def test_changes_nest_and_come_back(self):
        with change("outer") as outer:
            rename(self.area, "一")
            with change("inner") as inner:
                rename(self.area, "二")
            rename(self.area, "三")

        names = {
            record.kind: [row.changed["name"][1] for row in record.rows.order_by("pk")]
            for record in (outer, inner)
        }
        self.assertEqual(names, {"outer": ["一", "三"], "inner": ["二"]})

    def test_the_outer_change_comes_back_after_an_inner_one_failed(self):
        with change("outer") as outer:
            with self.assertRaises(ZeroDivisionError), change("inner"):
                rename(self.area, "二")
                raise ZeroDivisionError
            rename(self.area, "三")

        self.assertEqual([row.changed["name"] for row in outer.rows.all()], [["旧县", "三"]])
        self.assertFalse(Change.objects.filter(kind="inner").exists())

    def test_what_the_database_refuses_is_raised_as_it_is(self):
        with self.assertRaises(IntegrityError), transaction.atomic(), change("area.made"):
            Area.objects.create(code=self.area.code, level="county", name="再来一次", stem="")

    def test_a_block_that_fails_leaves_neither_change_nor_rows(self):
        before = RowHistory.objects.count()
        with self.assertRaises(ZeroDivisionError), change("failed"):
            rename(self.area, "新县")
            raise ZeroDivisionError

        self.assertEqual(RowHistory.objects.count(), before)
        self.assertFalse(Change.objects.filter(kind="failed").exists())

    def test_changes_and_history_are_append_only_for_the_application(self):
        for model in (Change, RowHistory):
            self.assertTrue(model.APPEND_ONLY)


class EveryTableTests(TestCase):
    def test_every_table_with_facts_keeps_its_history(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, array_agg(DISTINCT p.proname::text) FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid"
                " WHERE proname IN ('core_record_rows', 'core_record_truncate') GROUP BY 1"
            )
            kept = dict(cursor.fetchall())

        for table in FACTS:
            with self.subTest(table):
                self.assertEqual(len(kept.get(table, [])), 2)

    def test_models_of_people_and_places_are_all_in_the_list(self):
        tables = {
            model._meta.db_table
            for app in ("areas", "villages", "households")
            for model in apps.get_app_config(app).get_models()
        }

        self.assertLessEqual(tables, set(FACTS))


class SqlByHandTests(TestCase):
    """COPY, MERGE, a writing CTE and plain SQL are recorded like a form's save."""

    @classmethod
    def setUpTestData(cls):
        cls.village = make_village()

    def run_sql(self, sql: str, *params) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    def test_an_update(self):
        with change("by.hand", reason="更正"):
            self.run_sql("UPDATE areas_area SET name = '新名' WHERE id = %s", self.village.area_id)

        self.assertEqual((last_row().changed["name"][1], last_row().change.reason), ("新名", "更正"))

    def test_copy(self):
        from io import StringIO

        rows = StringIO("999009000000,county,抄县,抄县\n999008000000,county,录县,录县\n")
        with change("by.copy") as record, connection.cursor() as cursor:
            cursor.cursor.copy_expert("COPY areas_area (code, level, name, stem) FROM STDIN CSV", rows)

        self.assertEqual([row.image["name"] for row in record.rows.order_by("pk")], ["抄县", "录县"])

    def test_merge(self):
        with change("by.merge") as record:
            self.run_sql(
                "MERGE INTO areas_area a USING (VALUES (%s, '并县'), ('999007000000', '并县')) v (code, name)"
                " ON a.code = v.code WHEN MATCHED THEN UPDATE SET name = v.name"
                " WHEN NOT MATCHED THEN INSERT (code, level, name, stem) VALUES (v.code, 'county', v.name, v.name)",
                self.village.area.code,
            )

        self.assertEqual(sorted(row.operation for row in record.rows.all()), ["I", "U"])

    def test_a_writing_cte(self):
        with change("by.cte") as record:
            self.run_sql(
                "WITH gone AS (UPDATE areas_area SET valid_to = '2017-01-01' WHERE id = %s RETURNING id)"
                " SELECT count(*) FROM gone",
                self.village.area_id,
            )

        self.assertEqual(record.rows.get().changed["valid_to"], [None, "2017-01-01"])

    def test_an_upsert(self):
        with change("by.upsert") as record:
            self.run_sql(
                "INSERT INTO areas_area (code, level, name, stem) VALUES (%s, 'village', '新名', '新名')"
                " ON CONFLICT (code) WHERE valid_to IS NULL DO UPDATE SET name = excluded.name",
                self.village.area.code,
            )

        self.assertEqual([row.operation for row in record.rows.all()], ["U"])

    def test_a_deletion_keeps_the_image_before_it(self):
        with as_owner(), change("by.hand") as record:
            group = make_area("999001101201001", "group", "一组", self.village.area)
            self.run_sql("DELETE FROM areas_area WHERE id = %s", group.pk)

        deleted = record.rows.get(operation="D")
        self.assertEqual((deleted.row_id, deleted.image["name"]), (group.pk, "一组"))

    def test_a_truncation_is_recorded(self):
        with as_owner():
            self.run_sql("TRUNCATE households_householdnumberalias")

        self.assertEqual(last_row("households_householdnumberalias").operation, "T")


@pytest.mark.database
def test_sql_without_a_change_names_the_database_user(real_database):
    area = make_area(name="旧县")
    rename(area, "新县")
    rename(area, "又新县")

    rows = RowHistory.objects.filter(table="areas_area").select_related("change")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        session_user = cursor.fetchone()[0]
    made = [row.change for row in rows.order_by("pk")]
    assert {(change.kind, change.database_user, change.user_name) for change in made} == {
        ("direct", session_user, "")
    }
    assert len({change.pk for change in made}) == 3


@pytest.mark.database
def test_two_statements_of_one_transaction_by_hand_share_one_change(real_database):
    with transaction.atomic():
        area = make_area(name="旧县")
        rename(area, "新县")

    assert len(set(RowHistory.objects.filter(table="areas_area").values_list("change_id", flat=True))) == 1
