from django.test import TestCase

from households.models import HouseholdYear
from standards.doubts import close_doubt, open_doubt
from standards.explanation import explain
from standards.models import Doubt, HouseholdResult, VillageResult
from standards.outcomes import Outcome
from standards.services import judge_area
from tests.makers import YEAR
from tests.standards.cases import result_of, sound_household, sound_village, village_result_of
from tests.standards.county import county_area, standards_for_tests


class DoubtTests(TestCase):
    """A doubt is laid over a result and counted; it changes no outcome."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.household = sound_household(village=sound_village())

    def doubt(self, source_id=1, subject="household", subject_id=None) -> Doubt:
        return open_doubt(
            subject=subject,
            subject_id=subject_id or self.household.pk,
            year=YEAR,
            indicator="income",
            source_kind="comparison.vehicle",
            source_id=source_id,
        )

    def test_the_result_counts_open_doubts_and_keeps_its_outcome(self):
        result_of(self.household)
        self.doubt()
        self.doubt(source_id=2)

        result = HouseholdResult.objects.get()
        self.assertEqual((result.doubts, result.verdict), (2, Outcome.MET))
        self.assertEqual(explain(result).doubts, 2)

    def test_the_same_source_twice_is_one_doubt(self):
        result_of(self.household)
        self.doubt()
        self.doubt()

        self.assertEqual((Doubt.objects.count(), HouseholdResult.objects.get().doubts), (1, 1))

    def test_closing_takes_it_off_and_opening_again_lays_it_again(self):
        result_of(self.household)
        doubt = self.doubt()
        close_doubt(doubt)
        close_doubt(doubt)
        self.assertEqual(HouseholdResult.objects.get().doubts, 0)

        self.doubt()

        self.assertEqual(HouseholdResult.objects.get().doubts, 1)

    def test_a_new_verdict_keeps_the_doubts(self):
        result_of(self.household)
        self.doubt()
        HouseholdYear.objects.update(house_grade="4")

        result = result_of(self.household)

        self.assertEqual((result.verdict, result.doubts), (Outcome.NOT_MET, 1))

    def test_a_doubt_older_than_the_first_result_is_counted_by_the_run(self):
        self.doubt()

        judge_area(county_area(), YEAR)

        self.assertEqual(HouseholdResult.objects.get().doubts, 1)

    def test_a_doubt_older_than_the_first_result_is_counted_by_a_save(self):
        self.doubt()

        self.assertEqual(result_of(self.household).doubts, 1)

    def test_villages_alike(self):
        village_result_of(self.household.village)
        self.doubt(subject="village", subject_id=self.household.village_id)

        self.assertEqual(VillageResult.objects.get().doubts, 1)
