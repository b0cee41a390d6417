"""Accounts, organisations and officials by workbook: all or nothing, once, and who may."""

import io
import tempfile
from datetime import timedelta
from unittest.mock import patch

import openpyxl
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts import services as accounts
from accounts.models import AccessEvent, Official, Organisation, User
from core.jobs import run_job
from core.models import Change, RowHistory, StoredFile
from exchange.models import Roster
from exchange.rosters import services
from exchange.rosters.columns import COLUMNS
from tests.exchange.sheets import xlsx_bytes
from tests.makers import make_household, make_organisation, make_township, make_user, make_village
from tests.signing_in import sign_in

PHONE = "13900001234"


class RosterTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.township = make_township("999001101000", "甲镇")
        cls.village = make_village("999001101201", "王楼村民委员会")
        cls.security = make_user("security_admin", False)
        cls.county = make_user("county_office", cls.township)
        cls.bureau = make_organisation("jyj", name="教育局", area=cls.township)

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        sign_in(self.client, self.security)

    def upload(self, kind, *rows, headings=None):
        table = [headings or [column.heading for column in COLUMNS[kind]], *rows]
        file = SimpleUploadedFile("名单.xlsx", xlsx_bytes(table))
        answer = self.client.post(f"/exchange/rosters/{kind}/upload/", {"file": file})
        return Roster.objects.latest("pk") if answer.status_code == 302 else answer

    def page(self, roster):
        return self.client.get(f"/exchange/rosters/{roster.pk}/")

    def write(self, roster, reason="换届"):
        self.client.post(f"/exchange/rosters/{roster.pk}/apply/", {"reason": reason})
        roster.refresh_from_db()
        if roster.job_id:
            run_job(roster.job_id)
        return Roster.objects.get(pk=roster.pk)

    def problems(self, roster):
        page = self.page(roster)
        return [(row.number, p.letter, p.sentence) for row, p in page.context["problems"] or ()]


class UserRosterTests(RosterTestCase):
    def secretary(self, **changed):
        cells = {"username": "shuji1", "name": "何伟", "role": "第一书记", "area": "甲镇 王楼村"} | changed
        return [cells.get(column.field) for column in COLUMNS["users"]]

    def opened(self, *rows):
        return self.write(self.upload("users", *rows))

    def test_everybody_is_opened_with_role_grant_and_a_first_password(self):
        home = make_household(village=self.village)
        roster = self.opened(
            self.secretary(),
            self.secretary(username="bang1", role="帮扶责任人", area=None, households=home.number),
            self.secretary(username="ju1", role="行业部门", area=None, organisation="jyj"),
        )

        self.assertEqual((roster.state, roster.written), ("applied", 3))
        people = {user.username: user for user in User.objects.filter(pk__in=roster.opened)}
        self.assertEqual(people["shuji1"].area_prefixes(), ("999001101201",))
        self.assertEqual(people["bang1"].household_ids(), (home.pk,))
        self.assertEqual(people["ju1"].organisation_ids(), (self.bureau.pk,))
        self.assertEqual(people["shuji1"].roles, ("first_secretary",))
        self.assertTrue(all(user.must_change_password for user in people.values()))

    def test_one_change_with_the_reason_and_no_password_in_the_history(self):
        self.opened(self.secretary())

        change = Change.objects.get(kind="account.opened_by_workbook")
        self.assertEqual((change.user_id, change.reason), (self.security.pk, "换届"))
        images = RowHistory.objects.filter(change=change, table="accounts_user")
        self.assertNotIn("password", images.get().image)

    def test_the_first_passwords_are_shown_once_and_open_the_accounts(self):
        roster = self.opened(self.secretary())
        address = f"/exchange/rosters/{roster.pk}/passwords/"

        slips = self.client.post(address).context["slips"]

        user = User.objects.get(username="shuji1")
        self.assertTrue(check_password(slips[0]["password"], user.password))
        self.assertRedirects(self.client.post(address), f"/exchange/rosters/{roster.pk}/")
        roster = Roster.objects.get(pk=roster.pk)
        self.assertIsNotNone(roster.passwords.erased_at)
        event = AccessEvent.objects.get(kind="downloaded")
        self.assertEqual((event.user, event.subject), (self.security, f"roster {roster.pk}"))

    def test_of_two_clicks_at_the_same_moment_one_gets_them(self):
        roster = self.opened(self.secretary())
        first, second = (Roster.objects.select_related("passwords").get(pk=roster.pk) for _ in range(2))

        self.assertEqual(len(services.take_passwords(first)), 1)
        with self.assertRaises(ValidationError):
            services.take_passwords(second)

    def test_the_first_passwords_stand_nowhere_in_plain(self):
        roster = self.opened(self.secretary())

        self.assertTrue(roster.passwords.encrypted)
        self.assertNotIn("password", str(roster.job.result) + str(roster.job.arguments))

    def test_a_day_later_they_are_gone_and_new_ones_are_given_to_who_never_came(self):
        roster = self.opened(self.secretary(), self.secretary(username="shuji2"))
        StoredFile.objects.filter(pk=roster.passwords_id).update(keep_until=timezone.now())
        self.assertEqual(self.client.post(f"/exchange/rosters/{roster.pk}/passwords/").status_code, 302)
        User.objects.filter(username="shuji2").update(last_seen_at=timezone.now())
        before = User.objects.get(username="shuji2").password

        self.client.post(f"/exchange/rosters/{roster.pk}/renew/")
        run_job(Roster.objects.get(pk=roster.pk).job_id)

        slips = self.client.post(f"/exchange/rosters/{roster.pk}/passwords/").context["slips"]
        self.assertEqual([slip["username"] for slip in slips], ["shuji1"])
        self.assertTrue(check_password(slips[0]["password"], User.objects.get(username="shuji1").password))
        self.assertEqual(User.objects.get(username="shuji2").password, before)

    def test_the_same_file_again_changes_nothing(self):
        self.opened(self.secretary())

        again = self.upload("users", self.secretary())
        changes = Change.objects.count()

        self.assertEqual(self.page(again).context["counts"]["unchanged"], 1)
        self.assertEqual(self.write(again).state, "checked")
        self.assertEqual(
            (User.objects.filter(username="shuji1").count(), Change.objects.count()), (1, changes)
        )

    def test_an_account_that_says_otherwise_is_left_and_named(self):
        self.opened(self.secretary())

        again = self.upload("users", self.secretary(name="何卫", role="帮扶责任人"))

        with translation.override("en"):
            rows = services.checked_rows(again, self.security)
        self.assertIn("the name、role", rows[0].note)
        self.assertEqual(self.page(again).context["writes"], 0)
        self.assertEqual(User.objects.get(username="shuji1").name, "何伟")

    def test_each_mistake_is_named_with_row_and_column(self):
        mistakes = {
            "A": self.secretary(username="a b"),
            "B": self.secretary(name="x" * 51),
            "C": self.secretary(role="安全管理员"),
            "D": self.secretary(area="无此镇"),
            "E": self.secretary(organisation="none"),
            "F": self.secretary(households="9990019999999999"),
            "G": self.secretary(from_day="昨天"),
            "H": self.secretary(from_day="2016-10-18", to_day="2016-10-17"),
        }
        rows = [row[:1] + row[1:] for row in mistakes.values()]
        for number, row in enumerate(rows):
            row[0] = row[0] if row[0] == "a b" else f"user{number}x"
        roster = self.upload("users", *rows)

        found = {(number, letter) for number, letter, _sentence in self.problems(roster)}
        self.assertEqual(found, {(number, letter) for number, letter in enumerate(mistakes, start=2)})
        self.assertEqual(self.write(roster).state, "checked")
        self.assertFalse(User.objects.filter(username__startswith="user").filter(name="何伟").exists())

    def test_more_mistakes(self):
        for why, letter, row in (
            ("nothing to see", "D", self.secretary(area=None)),
            ("a secretary of a township", "D", self.secretary(area="甲镇")),
            ("an empty name", "B", self.secretary(name=" ")),
            ("a number that lost digits", "F", self.secretary(households=4117250000000707)),
        ):
            with self.subTest(why):
                self.assertIn(letter, {p[1] for p in self.problems(self.upload("users", row))})

    def test_a_user_name_that_stands_twice_is_refused_in_both_rows(self):
        roster = self.upload("users", self.secretary(), self.secretary(username="SHUJI1"))

        self.assertEqual([number for number, _l, _s in self.problems(roster)], [2, 3])

    def test_a_file_that_is_no_roster_is_refused_and_not_kept(self):
        for why, answer in {
            "columns missing": self.upload("users", ["a"], headings=["用户名"]),
            "no rows": self.upload("users"),
            "a picture": self.client.post(
                "/exchange/rosters/users/upload/",
                {"file": SimpleUploadedFile("a.xlsx", b"\x89PNG....")},
            ),
            "nothing": self.client.post("/exchange/rosters/users/upload/"),
        }.items():
            with self.subTest(why):
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(Roster.objects.exists())
        self.assertFalse(StoredFile.objects.filter(kind="roster", erased_at=None).exists())

    def test_when_one_account_cannot_be_opened_none_is_and_it_may_be_tried_again(self):
        roster = self.upload("users", self.secretary(), self.secretary(username="shuji2"))
        with patch("accounts.many.GrantedHousehold.objects.bulk_create", side_effect=RuntimeError):
            roster = self.write(roster)
        self.assertFalse(User.objects.filter(username__startswith="shuji").exists())
        self.assertEqual((roster.job.state, roster.may_confirm, roster.passwords), ("failed", True, None))

        self.assertEqual(self.write(roster).state, "applied")

    def test_a_job_that_runs_twice_opens_once(self):
        roster = self.opened(self.secretary())
        type(roster.job).objects.filter(pk=roster.job_id).update(
            state="running", lease_until=timezone.now() - timedelta(minutes=1)
        )

        run_job(roster.job_id)

        self.assertEqual(User.objects.filter(username="shuji1").count(), 1)
        self.assertEqual(Roster.objects.get(pk=roster.pk).passwords_id, roster.passwords_id)

    def test_a_queued_roster_of_somebody_who_lost_the_role_opens_nobody(self):
        other = make_user("security_admin", False)
        sign_in(self.client, other)
        roster = self.upload("users", self.secretary())
        self.client.post(f"/exchange/rosters/{roster.pk}/apply/", {"reason": "x"})
        accounts.set_roles(other, ["system_admin"], actor=self.security)

        run_job(Roster.objects.get(pk=roster.pk).job_id)

        self.assertFalse(User.objects.filter(username="shuji1").exists())

    def test_ready_passwords_are_not_for_somebody_whose_role_has_ended(self):
        other = make_user("security_admin", False)
        sign_in(self.client, other)
        roster = self.opened(self.secretary())
        accounts.set_roles(other, ["county_office"], actor=self.security)
        sign_in(self.client, User.objects.get(pk=other.pk))

        self.assertEqual(self.client.post(f"/exchange/rosters/{roster.pk}/passwords/").status_code, 404)
        self.assertTrue(Roster.objects.get(pk=roster.pk).passwords_wait)

    def test_only_the_uploader_finds_it(self):
        roster = self.opened(self.secretary())
        for person in (make_user("security_admin", False), self.county):
            sign_in(self.client, person)
            self.assertEqual(self.page(roster).status_code, 404)
            self.assertEqual(self.client.post(f"/exchange/rosters/{roster.pk}/passwords/").status_code, 404)

    def test_the_county_office_opens_no_accounts_by_workbook(self):
        sign_in(self.client, self.county)

        for address in ("upload", "template"):
            self.assertEqual(self.client.get(f"/exchange/rosters/users/{address}/").status_code, 404)


class TemplateTests(RosterTestCase):
    def test_the_template_offers_lists_and_can_be_read_back(self):
        for kind, column, first in (("users", "C", "县扶贫办"), ("organisations", "C", "扶贫办")):
            with self.subTest(kind):
                content = self.client.get(f"/exchange/rosters/{kind}/template/").content
                book = openpyxl.load_workbook(io.BytesIO(content))
                sheet = book.worksheets[0]
                (offered,) = sheet.data_validations.dataValidation
                self.assertTrue(str(offered.sqref).startswith(f"{column}2:"))
                self.assertIn(first, offered.formula1)
                self.assertEqual(sheet.column_dimensions["A"].width, COLUMNS[kind][0].width)

    def test_a_filled_template_is_accepted(self):
        book = openpyxl.load_workbook(
            io.BytesIO(self.client.get("/exchange/rosters/users/template/").content)
        )
        for column, value in enumerate(("shuji9", "何伟", "第一书记", "甲镇 王楼村"), start=1):
            book.worksheets[0].cell(2, column, value)
        out = io.BytesIO()
        book.save(out)
        file = SimpleUploadedFile("a.xlsx", out.getvalue())
        self.client.post("/exchange/rosters/users/upload/", {"file": file})

        self.assertEqual(self.problems(Roster.objects.get()), [])


class UnitRosterTests(RosterTestCase):
    def setUp(self):
        super().setUp()
        sign_in(self.client, self.county)

    def test_organisations_are_entered_corrected_and_left_alone(self):
        rows = [["wsj", "卫生局", "行业部门", "甲镇", None], ["jyj", "教育体育局", "行业部门", "甲镇", None]]
        roster = self.upload("organisations", *rows)
        counts = self.page(roster).context["counts"]
        self.assertEqual((counts["new"], counts["changed"]), (1, 1))

        self.assertEqual(self.write(roster).state, "applied")

        self.assertEqual(Organisation.objects.get(code="jyj").name, "教育体育局")
        again = self.page(self.upload("organisations", *rows)).context["counts"]
        self.assertEqual(again["unchanged"], 2)

    def test_an_organisation_outside_the_own_areas_is_refused(self):
        make_organisation("fremd", name="外局", area=make_township("999001102000", "乙镇"))
        roster = self.upload(
            "organisations",
            ["fremd", "外局", "行业部门", "甲镇", None],
            ["neu", "新局", "行业部门", "乙镇", None],
        )

        self.assertEqual([(n, letter) for n, letter, _s in self.problems(roster)], [(2, "A"), (3, "D")])

    def test_officials_are_entered_with_a_sealed_phone_and_once(self):
        rows = [["jyj", "林建国", "局长", PHONE, None, "2016-01-01"]]
        roster = self.upload("officials", *rows)
        self.assertNotContains(self.page(roster), PHONE)

        with self.captureOnCommitCallbacks(execute=True):
            self.write(roster)

        self.assertIsNotNone(StoredFile.objects.get(pk=roster.stored_id).erased_at)
        official = Official.objects.get(name="林建国")
        self.assertIsNotNone(official.phone)
        self.assertEqual(self.page(self.upload("officials", *rows)).context["counts"]["unchanged"], 1)
        self.write(self.upload("officials", ["jyj", "林建国", "副局长", "13900009999", None, None]))
        changed = Official.objects.get(name="林建国")
        self.assertEqual(changed.post, "副局长")
        self.assertNotEqual(changed.phone_id, official.phone_id)

    def test_checking_more_officials_asks_no_more(self):
        rows = [["jyj", f"官员{n}", None, PHONE, make_user().username, None] for n in range(6)]
        few, many = (self.upload("officials", *rows[:count]) for count in (2, 6))
        self.security.may("manage_accounts")  # asked once a request, whatever the rows
        with CaptureQueriesContext(connection) as first:
            services.checked_rows(few, self.security)
        with CaptureQueriesContext(connection) as second:
            services.checked_rows(many, self.security)

        self.assertEqual(len(first), len(second))

    def test_an_account_of_another_official_is_refused(self):
        taken = make_user("helper", self.township)
        Official.objects.create(organisation=self.bureau, name="甲", user=taken, valid_from="2016-01-01")
        rows = (
            ["jyj", "甲", None, None, taken.username, None],
            ["jyj", "乙", None, None, taken.username, None],
        )

        self.assertEqual(
            [(n, letter) for n, letter, _s in self.problems(self.upload("officials", *rows))], [(3, "E")]
        )

    def test_mistakes_of_officials_are_named(self):
        roster = self.upload(
            "officials",
            ["none", "甲", None, None, None, None],
            ["jyj", "乙", None, "abc", None, None],
            ["jyj", "丙", None, None, "nobody", None],
        )

        self.assertEqual(
            [(n, letter) for n, letter, _s in self.problems(roster)], [(2, "A"), (3, "D"), (4, "E")]
        )
