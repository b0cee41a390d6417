"""Items whose fact is not kept: judged by a person, joined in the one statement, explained."""

from datetime import date

from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import translation

from core.changes import change
from core.models import Change, RowHistory
from core.versions import StaleVersion
from households.models import HouseholdYear
from standards.by_hand import Answer, hand_items, judge_by_hand, judgements_of
from standards.comparison import flips
from standards.explanation import explain
from standards.files import load_standard
from standards.judging import judged
from standards.models import HouseholdResult, StandardVersion, VillageResult
from standards.services import judge_area, judge_dirty_villages
from tests.makers import YEAR, make_user
from tests.standards.cases import sound_household, sound_village
from tests.standards.county import county_area, named_outcomes, standards_for_tests

TEXT = """
subject = "{subject}"
code = "{code}"
title = "人工判定的标准"
area_prefix = "999001"
starts_on = 2016-01-01
document = "测试文件"
[[indicators]]
code = "hearts"
label = "民意"
[[indicators.criteria]]
measure = "by_hand"
operator = "hand"
clause = "群众认可。"
"""
DAY = date(YEAR, 10, 10)


def standard(subject: str = "household", code: str = "hand") -> StandardVersion:
    version, _new = load_standard(TEXT.format(subject=subject, code=f"{code}-{subject}"), publish=True)
    return version


def answer(met: bool | None = True, note: str = "村民代表会议纪要第 3 号", day: date = DAY) -> Answer:
    return Answer(met, note, day)


class HouseholdByHandTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.version = standard()
        cls.item = hand_items(cls.version)[0]
        cls.user = make_user(name="何静")
        cls.household = sound_household()
        judge_area(county_area(), YEAR, version=cls.version)

    def judge(self, met=True, *, seen=0, **said):
        return judge_by_hand(self.household, self.item, YEAR, answer(met, **said), seen=seen, user=self.user)

    def verdict(self) -> str:
        return named_outcomes(HouseholdResult.objects.get(), self.version)["verdict"]

    def test_nobody_judged_is_no_data(self):
        self.assertEqual(self.item.item, "hearts-1")
        self.assertEqual(self.verdict(), "no_data")

    def test_a_judgement_decides_at_once_and_may_change_or_be_taken_back(self):
        for seen, (met, expected) in enumerate([(True, "met"), (False, "not_met"), (None, "no_data")]):
            with self.subTest(expected):
                self.assertTrue(self.judge(met, seen=seen))
                self.assertEqual(self.verdict(), expected)
                assessment = judge_area(county_area(), YEAR, version=self.version)["household"]
                self.assertEqual(assessment.changed, 0)

    def test_the_same_words_again_write_nothing(self):
        self.judge()

        self.assertFalse(self.judge(seen=1))
        self.assertEqual(judgements_of(self.household, self.version, YEAR)["hearts-1"].version, 1)

    def test_it_stands_in_the_history_with_person_and_evidence(self):
        self.judge()
        self.judge(False, seen=1, note="复核")

        made = Change.objects.filter(kind="hand.judged").order_by("pk").last()
        self.assertEqual((made.user_id, made.evidence), (self.user.pk, "复核"))
        self.assertEqual((made.subject, made.county), (self.household.number, 999001))
        row = RowHistory.objects.get(change=made, table="standards_householdjudgement")
        self.assertEqual(row.changed["met"], [True, False])

    def test_the_explanation_says_what_was_judged(self):
        self.judge(False)

        with translation.override("en"):
            panel = explain(HouseholdResult.objects.get()).indicators[0].criteria[0]
        self.assertEqual((panel.outcome, panel.value), ("not_met", "judged as not met"))
        self.assertEqual(panel.gap, "Judged as not met: 群众认可。")
        self.assertEqual(panel.row, judgements_of(self.household, self.version, YEAR)["hearts-1"].pk)

    def test_a_judgement_that_somebody_else_changed_is_not_overwritten(self):
        self.judge()

        for seen in (0, 7):
            with self.assertRaises(StaleVersion):
                self.judge(False, seen=seen)
        self.assertEqual(self.verdict(), "met")

    def test_without_evidence_on_a_day_ahead_or_in_a_closed_year_it_is_refused(self):
        for said in ({"note": ""}, {"day": date(2999, 1, 1)}):
            with self.subTest(**said), self.assertRaises(ValidationError):
                self.judge(**said)
        with change("test"):
            HouseholdYear.objects.update(closed=True)
        with self.assertRaises(ValidationError):
            self.judge()
        self.assertEqual(judgements_of(self.household, self.version, YEAR), {})

    def test_another_standard_or_year_does_not_count(self):
        other = hand_items(standard(code="other"))[0]
        judge_by_hand(self.household, other, YEAR, answer(), seen=0, user=self.user)

        judge_area(county_area(), YEAR, version=self.version)

        self.assertEqual(self.verdict(), "no_data")

    def test_the_next_edition_of_the_standard_keeps_it(self):
        self.judge()
        text = TEXT.format(subject="household", code="hand-household") + "# 第二版\n"
        version, _new = load_standard(text, publish=True)

        judge_area(county_area(), YEAR, version=version)

        self.assertEqual(version.number, 2)
        self.assertEqual(self.verdict(), "met")

    def test_a_flip_names_the_judgement(self):
        first = judge_area(county_area(), YEAR, version=self.version)["household"]
        self.judge()
        second = judge_area(county_area(), YEAR, version=self.version)["household"]

        (flip,) = flips(first, second, self.user)

        named = [(cause.table, cause.column, cause.before, cause.after) for cause in flip.causes]
        self.assertEqual(named, [("standards_householdjudgement", "met", None, True)])

    def test_a_standard_without_such_items_joins_nothing(self):
        henan = standards_for_tests()["household"]

        self.assertNotIn("householdjudgement", str(judged(henan, YEAR).query))
        self.assertIn("householdjudgement", str(judged(self.version, YEAR).query))


class VillageByHandTests(TestCase):
    def test_a_village_is_judged_within_the_minute(self):
        version = standard("village")
        standard("household")
        village = sound_village()
        judge_area(county_area(), YEAR)

        judge_by_hand(village, hand_items(version)[0], YEAR, answer(), seen=0, user=make_user())
        judge_dirty_villages()

        result = VillageResult.objects.get(village=village)
        self.assertEqual(named_outcomes(result, version)["verdict"], "met")
