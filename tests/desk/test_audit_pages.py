"""The audit in the browser: who sees which operation, by what it is found, what leaves with it."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AccessEvent
from core.changes import change
from core.models import Change, Seal, SealCheck
from households.models import HouseholdYear
from households.services import save_household_year
from tests.makers import PASSWORD, make_household, make_township, make_user, make_village
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")


class AuditPages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.household = make_household(village=make_village(), head="赵四海", facts={"wage": 5000})
        make_village("999001102201", "乙村")
        cls.clerk = make_user("township_clerk", make_township(), username="clerk", name="钱办事")
        cls.auditor = make_user("auditor", make_township(), username="auditor")
        cls.elsewhere = make_user("auditor", make_township("999001102000"), username="elsewhere")
        cls.administrator = make_user("audit_admin", False, username="administrator")
        row = HouseholdYear.objects.get(household=cls.household)
        save_household_year(row, {"wage": 6100}, version=row.version, user=cls.clerk, reason="问过赵四海")
        cls.saved = Change.objects.get(kind="household.saved")
        AccessEvent.objects.create(
            kind="revealed", user=cls.clerk, area="999001101", subject=cls.household.number
        )
        AccessEvent.objects.create(kind="sign_in_refused", address="10.9.9.9")

    def setUp(self):
        self.client.cookies["language"] = "en"

    def get(self, user, address="/audit/", **query):
        sign_in(self.client, user)
        return self.client.get(address, query)

    def actions(self, user, **query):
        return [row.action for row in self.get(user, **query).context["rows"]]


class ListTests(AuditPages):
    def test_an_auditor_sees_the_operations_of_the_own_area(self):
        self.assertEqual(self.actions(self.auditor, action="c:household.saved"), ["Household saved"])
        self.assertIn("secret shown", self.actions(self.auditor))
        self.assertNotIn("sign-in refused", self.actions(self.auditor))

    def test_an_auditor_of_the_next_township_sees_none_of_them(self):
        self.assertEqual(set(self.actions(self.elsewhere)) & {"Household saved", "secret shown"}, set())
        self.assertEqual(self.get(self.elsewhere, f"/audit/changes/{self.saved.pk}/").status_code, 404)

    def test_the_audit_administrator_sees_every_operation_and_nothing_about_families(self):
        self.assertIn("sign-in refused", self.actions(self.administrator))

        page = self.get(self.administrator, f"/audit/changes/{self.saved.pk}/")

        self.assertContains(page, "changed, not shown")
        self.assertNotContains(page, "赵四海")
        self.assertNotContains(page, "6,100")

    def test_a_row_opens_to_old_and_new(self):
        page = self.get(self.auditor, f"/audit/changes/{self.saved.pk}/")

        self.assertContains(page, "<del>5,000.00</del>")
        self.assertContains(page, "<ins>6,100.00</ins>")
        self.assertContains(page, "钱办事")

    def test_by_person_subject_action_and_day(self):
        day = timezone.localdate()
        self.assertEqual(
            set(self.actions(self.auditor, person=self.clerk.pk)), {"secret shown", "Household saved"}
        )
        self.assertEqual(
            set(self.actions(self.auditor, subject=self.household.number)),
            {"secret shown", "Household saved"},
        )
        self.assertEqual(self.actions(self.auditor, action="e:revealed"), ["secret shown"])
        yesterday = {"from": day - timedelta(days=1), "to": day - timedelta(days=1)}
        self.assertEqual(self.actions(self.auditor, **yesterday), [])

    def test_a_household_finds_changes_that_wrote_it_without_naming_it(self):
        with change("import.applied", source_import=7, area="999001"):
            HouseholdYear.objects.filter(household=self.household).update(wage=7000)

        self.assertNotIn("Import written", self.actions(self.auditor, subject=self.household.number))
        county = make_user("auditor")
        self.assertIn("Import written", self.actions(county, subject=self.household.number))

    def test_inner_changes_belong_to_the_operation_around_them(self):
        with change("account.opened", user=self.clerk), change("account.roles", user=self.clerk):
            pass

        self.assertNotIn("Roles given", self.actions(self.administrator))

    def test_a_new_password_is_one_operation(self):
        sign_in(self.client, self.clerk)
        words = {"current": PASSWORD, "new": "Another-Long-Word-9", "again": "Another-Long-Word-9"}
        self.assertEqual(self.client.post("/account/password/", words).status_code, 302)

        found = [action for action in self.actions(self.administrator) if "assword" in action]
        self.assertEqual(found, ["Password changed"])

    def test_a_name_is_posted_and_leaves_as_a_key(self):
        sign_in(self.client, self.auditor)
        day = timezone.localdate().isoformat()

        answer = self.client.post("/audit/", {"person": "钱办事", "from_day": day, "to_day": day})

        self.assertEqual(answer.status_code, 302)
        self.assertIn(f"person={self.clerk.pk}", answer["Location"])
        self.assertNotIn("clerk", answer["Location"])

    def test_what_cannot_be_meant_gets_a_sentence(self):
        sign_in(self.client, self.auditor)
        for fields, words in (
            (
                {"person": "nobody", "from_day": "2016-01-01", "to_day": "2016-01-02"},
                "No account has this name.",
            ),
            ({"from_day": "2016-02-01", "to_day": "2016-01-02"}, "The last day lies before the first."),
        ):
            with self.subTest(words):
                self.assertContains(self.client.post("/audit/", fields), words, status_code=422)

    def test_an_address_that_makes_no_sense_shows_the_last_days(self):
        for query in ({"from": "x", "to": "99-99-99"}, {"person": "x"}, {"subject": "\0"}, {"action": "x"},
                      {"from": "2030-01-01", "to": "2016-01-01"}, {"person": "9" * 40}):  # fmt: skip
            with self.subTest(query):
                self.assertEqual(self.get(self.auditor, **query).status_code, 200)

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        self.get(self.administrator)
        with self.assertNumQueries(self.queries()):
            self.client.get("/audit/")

    def queries(self) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as before:
            self.client.get("/audit/")
        for number in range(15):
            AccessEvent.objects.create(
                kind="exported", user=self.clerk, area="999001101", subject=str(number)
            )
        return len(before)


class ExportTests(AuditPages):
    def test_the_file_holds_the_list_and_is_an_operation_itself(self):
        response = self.get(self.auditor, "/audit/export/", action="e:revealed")
        lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

        self.assertEqual([line[5] for line in lines[4:]], ["secret shown"])
        taken = AccessEvent.objects.get(kind="exported")
        self.assertEqual((taken.user, taken.rows), (self.auditor, 1))
        self.assertIn("list exported", self.actions(self.auditor))

    def test_the_workbook_holds_the_same(self):
        response = self.get(self.auditor, "/audit/export/", action="e:revealed", format="xlsx")
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active

        self.assertEqual(sheet.max_row, 5)
        self.assertEqual(sheet.cell(5, 7).value, self.household.number)


class SealTests(AuditPages):
    def test_the_state_and_the_latest_digest(self):
        Seal.objects.create(
            number=1,
            sealed_at=timezone.now(),
            from_transaction=0,
            horizon=1,
            parts={},
            key_id="x",
            digest="ab" * 32,
        )
        SealCheck.objects.create(at=timezone.now(), seconds=1, seals=1, rows=5)

        page = self.get(self.administrator, "/audit/seals/")

        self.assertContains(page, "ab" * 32)
        self.assertContains(page, "whole")

    def test_a_broken_chain_is_said_on_both_pages(self):
        SealCheck.objects.create(
            at=timezone.now(), seconds=1, seals=9, rows=5, broken_seal=4, table="core_change", first_row=1,
            last_row=9, fault="rows",
        )  # fmt: skip
        for address in ("/audit/", "/audit/seals/"):
            self.assertContains(self.get(self.administrator, address), "does not hold from seal 4 on")

    def test_nobody_else_reads_the_audit(self):
        for role in ("county_office", "county_leader", "system_admin", "security_admin"):
            user = make_user(role, False)
            for address in (
                "/audit/",
                "/audit/seals/",
                "/audit/export/",
                "/audit/changes/1/",
                "/audit/events/1/",
            ):
                self.assertEqual(self.get(user, address).status_code, 403)
