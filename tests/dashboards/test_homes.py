"""Each role begins with a page of its own: the first task, the next click, nothing of anybody else."""

from datetime import timedelta

from django.test import TestCase
from django.utils import timezone

from accounts.models import AccessEvent, Organisation
from accounts.roles import ROLES
from accounts.services import grant_area, grant_households, grant_organisation
from areas.models import Area
from core.models import Heartbeat, Job, SealCheck
from dashboards.queries.homes_machine import Looks
from households.models import Household, HouseholdYear
from households.services import save_household_year
from standards.services import judge_area
from tests.dashboards.test_inbox import make_import
from tests.desk.county import NEXT_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile Safari/537.36"}


class HomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()

    def as_role(self, code: str, area=None, **fields):
        user = make_user(code, self.county if area is None else area, **fields)
        sign_in(self.client, user)
        return user

    def home(self, **headers):
        return self.client.get("/home/", headers=headers)

    def test_every_role_has_a_home_that_opens(self):
        for code, role in ROLES.items():
            with self.subTest(code):
                self.as_role(code, False if code.endswith("_admin") else self.county)
                response = self.client.get("/home/", follow=True, headers=PHONE)
                self.assertEqual(response.status_code, 200)
                self.assertContains(response, "<h1>")
                self.assertTrue(role.home)

    def test_a_home_without_any_grant_says_whom_to_ask(self):
        for code in (
            "county_office",
            "first_secretary",
            "helper",
            "line_department",
            "county_leader",
            "auditor",
        ):
            with self.subTest(code):
                self.as_role(code, False)
                self.assertEqual(self.home(**PHONE).status_code, 200)

    # --- Work ---------------------------------------------------------------------------------
    def test_the_office_begins_with_the_place_that_lacks_most(self):
        self.as_role("county_office")

        context = self.home().context
        self.assertEqual((context["first"].code, context["first"].count), ("gap", 1))
        self.assertEqual(context["whole"].missing, 2)
        facets = self.client.get(context["first"].address).context["facets"]
        self.assertEqual(facets.households, 1)

    def test_what_presses_comes_before_gaps_and_stands_once(self):
        user = self.as_role("county_office")
        make_import(self.county, user=user, refused=("1",))

        context = self.home().context
        self.assertEqual(context["first"].code, "confirm")
        self.assertEqual([matter.code for matter in context["matters"]], ["refused"])
        self.assertEqual(len(context["imports"]), 1)

    def test_who_is_near_the_line_and_what_was_saved_lately(self):
        user = self.as_role("county_office")
        row = HouseholdYear.objects.get(household__number="4100010000000005")
        save_household_year(row, {"wage": 2800}, version=row.version, user=user)

        context = self.home().context
        self.assertEqual(context["near_count"], 1)
        self.assertEqual([line.household.number[-1] for line in context["near"]], ["5"])
        self.assertEqual([household.number[-1] for household in context["lately"]], ["5"])
        link = f"/households/?year={YEAR}&gap=300&sort=gap"
        self.assertEqual(self.client.get(link).context["facets"].households, 1)

    def test_a_clerk_sees_the_own_township_only(self):
        self.as_role("township_clerk", Area.objects.get(code=NEXT_TOWN))

        context = self.home().context
        self.assertEqual(context["whole"].households, 2)
        self.assertNotContains(self.home(), "邱中秀")

    # --- Leaders ------------------------------------------------------------------------------
    def test_a_narrow_window_counts_as_a_phone_and_a_wide_one_does_not(self):
        self.as_role("county_leader")

        self.client.cookies["narrow"] = "1"
        response = self.home()
        self.assertTemplateUsed(response, "dashboards/home_leader.html")
        self.assertIn("Cookie", response.headers["Vary"])
        self.client.cookies["narrow"] = "0"
        self.assertRedirects(self.home(**PHONE), "/")

    def test_a_leader_begins_with_the_dashboard_and_on_the_phone_with_the_worst(self):
        clerk = make_user("township_clerk", Area.objects.get(code=TOWN), name="孙丽娟")
        self.as_role("county_leader")

        self.assertRedirects(self.home(), "/")
        response = self.home(**PHONE)
        self.assertTemplateUsed(response, "dashboards/home_leader.html")
        self.assertIn("User-Agent", response.headers["Vary"])
        worst = response.context["worst"]
        self.assertLessEqual(len(worst), 5)
        self.assertGreater(len(worst), 2)
        answers = {thing.township: thing.answers for thing in worst}
        self.assertIn(clerk.name, answers[TOWN[:9]])
        self.assertEqual(answers[NEXT_TOWN[:9]], "")
        make_user("county_office", self.county, name="周明远")
        answers = {thing.township: thing.answers for thing in self.home(**PHONE).context["worst"]}
        self.assertIn("周明远", answers[NEXT_TOWN[:9]])
        self.assertNotIn("周明远", answers[TOWN[:9]])
        for thing in worst:
            self.assertEqual(self.client.get(thing.address).status_code, 200)

    def test_closed_clerks_answer_for_nothing(self):
        make_user("township_clerk", Area.objects.get(code=TOWN), name="孙丽娟", is_active=False,
                  deactivated_at=timezone.now())  # fmt: skip
        self.as_role("supervisor")

        self.assertNotContains(self.home(**PHONE), "孙丽娟")

    # --- Close to people ----------------------------------------------------------------------
    def test_a_first_secretary_sees_the_own_village(self):
        self.as_role("first_secretary", Area.objects.get(code=VILLAGE))

        context = self.home().context
        self.assertEqual(dict(context["home"].verdicts), {"met": 1, "not_met": 2, "no_data": 0, "doubt": 0})
        self.assertEqual([line.verdict for line in context["home"].lines], ["not_met", "not_met"])
        self.assertEqual(context["home"].gaps, [])

    def test_of_several_villages_one_is_chosen_and_a_foreign_one_is_not(self):
        user = self.as_role("first_secretary", Area.objects.get(code=VILLAGE))
        grant_area(user, Area.objects.get(code=OTHER_VILLAGE), actor=None)
        sign_in(self.client, user)

        for asked, shown in ((OTHER_VILLAGE, OTHER_VILLAGE), ("410001102201", VILLAGE), ("x", VILLAGE)):
            context = self.client.get(f"/home/?village={asked}").context
            self.assertEqual(context["home"].village.area.code, shown)

    def test_a_helper_sees_the_granted_households_with_what_they_lack(self):
        user = self.as_role("helper", False, name="陈志勇")
        numbers = ("4100010000000001", "4100010000000002", "4100010000000006")
        grant_households(
            user, Household.objects.filter(number__in=numbers).values_list("pk", flat=True), actor=None
        )
        sign_in(self.client, user)

        response = self.home()
        self.assertEqual([line.household.number[-1] for line in response.context["lines"]], ["2", "6", "1"])
        self.assertEqual(response.context["open"], 2)
        self.assertTrue(response.context["lines"][0].missing)
        self.assertNotContains(response, "王五")

    def test_a_household_that_nobody_judged_still_stands_there(self):
        from tests.makers import make_household

        user = self.as_role("helper", False)
        grant_households(user, [make_household().pk], actor=None)
        sign_in(self.client, user)

        self.assertEqual([line.verdict for line in self.home().context["lines"]], ["no_data"])

    def test_a_department_begins_with_its_own_trade(self):
        user = self.as_role("line_department")
        roads = Organisation.objects.create(code="t", name="交通运输局", kind="department", area=self.county)
        grant_organisation(user, roads, actor=None)
        sign_in(self.client, user)

        context = self.home().context
        self.assertEqual((context["rows"][0].code, context["rows"][0].own), ("road", True))
        for row in context["rows"]:
            for outcome, count in row.counts.items():
                address = f"/villages/?year={YEAR}&ind_{row.code}={outcome}"
                self.assertEqual(self.client.get(address).context["facets"].villages, count, address)

    # --- The system ---------------------------------------------------------------------------
    def test_the_system_administrator_sees_the_machine(self):
        self.as_role("system_admin", False)
        Job.objects.create(kind="test.nothing", state=Job.State.FAILED, finished_at=timezone.now())
        Heartbeat.objects.create(name="core.tasks.sweep_jobs", failures=1, last_started=timezone.now())

        context = self.home().context
        self.assertEqual({matter.code for matter in context["matters"]}, {"jobs", "timetable"})
        self.assertEqual(context["beats"][0].state, "failed")
        self.assertGreater(context["disk"].free, 0)
        self.assertIsNone(context["backup"])
        self.assertEqual(len(context["versions"]), 3)
        Heartbeat.objects.create(name="core.backup", last_finished=timezone.now())
        self.assertIsNotNone(self.home().context["backup"])

    def test_the_security_administrator_sees_reveals_by_person_and_missing_factors(self):
        user = self.as_role("security_admin", False)
        clerk = make_user("township_clerk", name="孙丽娟")
        for hours in (1, 2, 30):
            AccessEvent.objects.create(
                kind="revealed", user=clerk, at=timezone.now() - timedelta(hours=hours)
            )

        context = self.home().context
        self.assertEqual(context["reveals"], [Looks("孙丽娟", 2, unusual=False)])
        self.assertIn(user, context["without_factor"])
        self.assertNotIn(clerk, context["without_factor"])

    def test_an_unusual_number_of_reveals_is_marked(self):
        self.as_role("security_admin", False)
        clerk, other = make_user("township_clerk"), make_user("township_clerk")
        AccessEvent.objects.bulk_create(
            AccessEvent(kind="revealed", user=person, at=timezone.now())
            for person in (clerk,) * 10 + (other,) * 9
        )

        self.assertEqual([one.unusual for one in self.home().context["reveals"]], [True, False])

    def test_the_audit_administrator_sees_refusals_and_seals_but_no_changes(self):
        user = self.as_role("audit_admin", False)
        AccessEvent.objects.create(kind="refused", user=user, route="desk:household-list")
        SealCheck.objects.create(at=timezone.now(), seconds=1, seals=1, rows=5, fault="changed")

        context = self.home().context
        self.assertEqual([event.kind for event in context["refusals"]], ["refused"])
        self.assertEqual([matter.code for matter in context["matters"]], ["seals"])
        self.assertIsNone(context["changes"])

    def test_an_auditor_sees_what_changed_in_the_own_area(self):
        for number in ("4100010000000001", "4100010000000005"):
            row = HouseholdYear.objects.get(household__number=number)
            save_household_year(row, {"wage": 9100}, version=row.version, user=None, reason="checked")
        self.as_role("auditor", Area.objects.get(code=TOWN))

        changes = self.home().context["changes"]
        saved = [change.subject[-1] for change, _words in changes if change.kind == "household.saved"]
        self.assertEqual(saved, ["1"])

    def test_numbers_of_the_audit_open_their_rows_and_stay_in_the_own_area(self):
        for area, days in ((TOWN[:9], 0), (TOWN[:9], 6), (TOWN[:9], 8), (NEXT_TOWN[:9], 0)):
            AccessEvent.objects.create(kind="revealed", area=area, at=timezone.now() - timedelta(days=days))
        for code, seen in (("auditor", 2), ("audit_admin", 3)):
            self.as_role(code, False if code == "audit_admin" else Area.objects.get(code=TOWN))
            counts = {kind: count for kind, _label, count in self.home().context["counts"]}
            self.assertEqual(counts["revealed"], seen)
            for kind, count in counts.items():
                page = self.client.get(f"/audit/?action=e:{kind}").context["page"]
                self.assertEqual(page.total, count, kind)

    def test_programs_begin_with_their_account(self):
        self.as_role("api_client")

        self.assertRedirects(self.home(), "/account/")

    def test_the_number_of_queries_does_not_grow_with_households(self):
        from tests.dashboards.test_completeness import CaptureQueriesContext, connection
        from tests.makers import make_household, make_village

        self.as_role("county_office")
        self.home()
        for number in range(10, 40):
            make_household(f"41000100000000{number}", village=make_village(OTHER_VILLAGE))
        judge_area(self.county, YEAR)
        with CaptureQueriesContext(connection) as queries:
            self.home()
        self.assertLess(len(queries), 45)
