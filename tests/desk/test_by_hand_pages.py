"""The panel of items judged by hand on the pages of a household and of a village."""

from datetime import date

from django.test import TestCase

from areas.models import Area
from core.clock import today
from standards.files import load_standard
from standards.models import HouseholdJudgement, HouseholdResult, VillageJudgement
from standards.outcomes import Outcome
from standards.services import judge_area, judge_dirty_villages
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in
from tests.standards.test_by_hand import TEXT

NUMBER = "4100010000000002"
HOUSEHOLD, VILLAGE_PAGE = f"/households/{NUMBER}/", f"/villages/{VILLAGE}/"


def load(subject: str) -> None:
    text = TEXT.format(subject=subject, code=f"hand-{subject}").replace("999001", "410001")
    load_standard(text, publish=True)


def said(**values):
    return {
        "item": "hearts-1",
        "met": "true",
        "note": "村民代表会议纪要",
        "judged_on": "2016-10-10",
        "seen": "0",
    } | values


class ByHandPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        for subject in ("household", "village"):
            load(subject)
        judge_area(cls.county, YEAR)
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN), name="何静")

    def setUp(self):
        sign_in(self.client, self.clerk)

    def judge(self, page: str = HOUSEHOLD, **values):
        return self.client.post(f"{page}judge/?year={YEAR}", said(**values))

    def test_the_page_lists_the_item_and_a_judgement_decides(self):
        self.assertContains(self.client.get(HOUSEHOLD), "系统不保存这些条款的事实")

        answer = self.judge()

        self.assertRedirects(answer, f"{HOUSEHOLD}?year={YEAR}#by-hand", fetch_redirect_response=False)
        page = self.client.get(HOUSEHOLD)
        self.assertContains(page, "村民代表会议纪要")
        self.assertContains(page, "何静")
        verdict = HouseholdResult.objects.get(household__number=NUMBER, year=YEAR).verdict
        self.assertEqual(verdict, Outcome.MET)
        self.assertContains(self.client.get(f"{HOUSEHOLD}history/"), "人工判定")

    def test_a_village_too(self):
        self.assertEqual(self.judge(VILLAGE_PAGE, met="false").status_code, 302)

        judge_dirty_villages()

        self.assertContains(self.client.get(VILLAGE_PAGE), "判定为未达标")
        self.assertEqual(VillageJudgement.objects.get().judged_by, self.clerk.pk)

    def test_somebody_of_the_next_township_finds_nothing(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        for page in (HOUSEHOLD, VILLAGE_PAGE):
            self.assertEqual(self.judge(page).status_code, 404)
        self.assertFalse(HouseholdJudgement.objects.exists() or VillageJudgement.objects.exists())

    def test_without_a_grant_or_the_right_nobody_judges(self):
        for role, area, status in (
            ("township_clerk", False, 404),
            ("supervisor", self.county, 403),
            ("first_secretary", Area.objects.get(code=VILLAGE), 403),
        ):
            sign_in(self.client, make_user(role, area))
            with self.subTest(role):
                self.assertEqual(self.judge().status_code, status)

    def test_who_may_only_read_sees_the_item_without_a_form(self):
        self.judge()
        sign_in(self.client, make_user("supervisor", self.county))

        page = self.client.get(HOUSEHOLD)

        self.assertContains(page, "村民代表会议纪要")
        self.assertNotContains(page, "保存判定")

    def test_wrong_entries_come_back_with_words(self):
        for wrong in ({"note": ""}, {"judged_on": "2999-01-01"}, {"judged_on": "x"}, {"seen": "x"}):
            with self.subTest(**wrong):
                answer = self.judge(**wrong)
                self.assertEqual(answer.status_code, 422)
                self.assertContains(answer, "没有保存", status_code=422)
        self.assertFalse(HouseholdJudgement.objects.exists())

    def test_an_old_form_does_not_overwrite(self):
        self.judge()

        answer = self.judge(met="false")

        self.assertContains(answer, "data-focus", status_code=422)
        self.assertTrue(HouseholdJudgement.objects.get().met)

    def test_an_item_that_the_standard_does_not_have_is_refused(self):
        for item in ("income-1", "", "hearts-2"):
            self.assertRedirects(
                self.judge(item=item), f"{HOUSEHOLD}?year={YEAR}#by-hand", fetch_redirect_response=False
            )
        self.assertFalse(HouseholdJudgement.objects.exists())

    def test_the_day_offered_is_the_business_day(self):
        items = self.client.get(HOUSEHOLD).context["hand_items"]

        self.assertEqual(items[0].form.initial["judged_on"], today())
        self.assertIsInstance(items[0].form.initial["judged_on"], date)


class HenanPageTests(TestCase):
    def test_a_standard_without_such_items_shows_no_panel(self):
        county = make_county()
        sign_in(self.client, make_user("county_office", county))

        self.assertNotContains(self.client.get(HOUSEHOLD), 'id="by-hand"')
