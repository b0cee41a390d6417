"""The overview as known on an earlier day, what changed since, and addresses that ask for what is not."""

from datetime import timedelta
from unittest.mock import patch

from django.test import TestCase
from django.utils import timezone

from areas.models import Area
from core.clock import business_day_of, calendar_day, end_of, today
from households.models import Household, HouseholdYear
from standards.models import Assessment, HouseholdResult
from standards.services import judge_households
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in


class EarlierDayTests(TestCase):
    """Judged ten days ago; today one household came to meet everything."""

    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        then = timezone.now() - timedelta(days=10)
        HouseholdResult.objects.update(since=then)
        Assessment.objects.update(started_at=then, finished_at=then)
        cls.then = today() - timedelta(days=10)
        cls.household = Household.objects.get(number="4100010000000002")
        HouseholdYear.objects.filter(household=cls.household).update(wage=9_000_00)
        judge_households([cls.household.pk], YEAR)
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def test_the_verdicts_are_those_of_the_day(self):
        now, then = self.client.get("/").context, self.client.get(f"/?as_of={self.then}").context

        self.assertEqual(dict(now["total"].verdicts), {"met": 3, "not_met": 2, "no_data": 1})
        self.assertEqual(dict(then["total"].verdicts), {"met": 2, "not_met": 3, "no_data": 1})
        self.assertEqual(sum(row.tally.households for row in then["rows"]), 6)
        self.assertEqual(sum(bar.households for bar in then["income"].bars), 6)
        for indicator in then["indicators"]:
            self.assertEqual(sum(indicator["counts"].values()), 6)

    def test_a_household_counts_until_the_day_on_which_it_was_cancelled(self):
        next_day = self.then + timedelta(days=1)
        Household.objects.filter(pk=self.household.pk).update(cancelled_on=next_day, cancelled_reason="迁出")
        before = self.client.get(f"/?as_of={self.then}").context["total"].households
        after = self.client.get(f"/?as_of={next_day}").context["total"].households

        self.assertEqual((before, after), (6, 5))

    def test_an_earlier_day_is_read_only_and_says_so(self):
        response = self.client.get(f"/?as_of={self.then}")

        self.assertContains(response, "note-info")
        self.assertNotContains(response, 'href="/households/?')
        self.assertContains(response, f"/area/{TOWN}/?year={YEAR}&amp;as_of={self.then}")

    def test_a_day_before_anything_was_judged_is_empty_in_words(self):
        response = self.client.get(f"/?as_of={self.then - timedelta(days=1)}")

        self.assertEqual(response.context["total"].households, 0)
        self.assertContains(response, 'class="blank"')

    def test_changes_since_the_day_open_their_rows(self):
        changes = self.client.get(f"/?since={self.then}").context["changes"]

        self.assertEqual(
            (changes.up, changes.down, changes.moved("met"), changes.moved("not_met")), (1, 0, 1, -1)
        )
        rows = self.client.get(f"/households/?year={YEAR}&flip=up&since={self.then}").context["facets"]
        self.assertEqual(rows.households, 1)
        rows = self.client.get(f"/households/?year={YEAR}&flip=down&since={self.then}").context["facets"]
        self.assertEqual(rows.households, 0)

    def test_a_day_without_results_cannot_be_compared(self):
        changes = self.client.get(f"/?since={self.then - timedelta(days=1)}").context["changes"]

        self.assertFalse(changes.known)

    def test_the_trend_has_a_point_a_day_and_leads_there(self):
        response = self.client.get("/")

        self.assertEqual([point.met for point in response.context["trend"]["points"]], [2])
        self.assertContains(response, f"as_of={self.then}")

    def test_a_village_has_the_trend_of_its_own(self):
        points = self.client.get(f"/area/{VILLAGE}/").context["trend"]["points"]

        self.assertEqual([(point.day, point.met, point.judged) for point in points], [(self.then, 1, 3)])

    def test_what_cannot_be_shown_is_a_sentence(self):
        wrong = {
            "as_of": [
                str(today() + timedelta(days=1)),
                "2016-13-01",
                "yesterday",
                "1999-01-01",
                "9" * 400,
                "０",
            ],
            "since": [str(today() + timedelta(days=1)), "x"],
            "year": ["2031", "-1", "x", "9" * 400, "２０１６"],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value[:12]):
                    response = self.client.get("/", {name: value})
                    self.assertEqual(response.status_code, 422)
                    self.assertTrue(response.context["sentence"])
                    self.assertContains(response, 'class="blank"', status_code=422)

    def test_a_township_sees_its_own_past_only(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        self.assertEqual(self.client.get(f"/?as_of={self.then}").context["total"].households, 2)
        self.assertEqual(self.client.get(f"/area/{TOWN}/?as_of={self.then}").status_code, 404)

    def test_nothing_outside_the_scope_changes_a_number(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))
        before = self.client.get(f"/?since={self.then}").context
        HouseholdYear.objects.filter(household=self.household).update(wage=0, main_cause="03")
        judge_households([self.household.pk], YEAR)
        after = self.client.get(f"/?since={self.then}").context

        for part in ("total", "routes", "causes", "changes", "income", "matters"):
            with self.subTest(part):
                self.assertEqual(before[part], after[part])

    def test_a_late_evaluation_is_said(self):
        response = self.client.get("/")

        self.assertTrue(response.context["late"])
        self.assertEqual(response.context["matters"][0].tone, "hot")


class ClockTests(TestCase):
    def test_a_day_ends_at_midnight_in_shanghai(self):
        self.assertEqual(end_of(calendar_day()).utcoffset(), timedelta(hours=8))
        self.assertEqual(business_day_of(end_of(today()) - timedelta(seconds=1)), today())
        self.assertEqual(business_day_of(end_of(today())), today() + timedelta(days=1))

    def test_in_a_demonstration_the_days_are_shifted(self):
        shifted = calendar_day() - timedelta(days=400)
        with patch("core.clock.today", return_value=shifted):
            self.assertEqual(business_day_of(end_of(shifted) - timedelta(seconds=1)), shifted)
            self.assertGreater(end_of(shifted), timezone.now())
