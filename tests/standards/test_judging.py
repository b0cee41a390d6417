from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import DataError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from households.models import HouseholdYear
from households.services import save_household_year, save_person_year
from standards.judging import write_results
from standards.models import (
    Assessment,
    DirtyVillage,
    HouseholdResult,
    HouseholdResultHistory,
    HouseholdTrialResult,
    VillageResult,
)
from standards.outcomes import Outcome
from standards.services import close_assessment, judge_area, judge_dirty_villages, judge_saved
from tests.makers import YEAR, make_user, make_village
from tests.standards.cases import add_member, result_of, sound_household, sound_village
from tests.standards.county import county_area, standards_for_tests
from villages.services import save_village_year

HUGE = Decimal("92233720368547758")


class SavedHouseholdTests(TestCase):
    """A saved household is judged inside the transaction that saves it."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.user = make_user()
        cls.village = sound_village()
        cls.household = sound_household(village=cls.village, wage=None)
        judge_area(county_area(), YEAR)

    def setUp(self):
        self.row = self.household.years.get(year=YEAR)

    def save(self, **values):
        return save_household_year(self.row, values, version=self.row.version, user=self.user)

    def result(self) -> HouseholdResult:
        return HouseholdResult.objects.get(household=self.household, year=YEAR)

    def test_the_result_changes_with_the_facts(self):
        self.assertEqual(self.result().verdict, Outcome.NO_DATA)

        self.save(wage=Decimal("9000"))

        self.assertEqual(self.result().verdict, Outcome.MET)
        self.assertEqual(self.result().net_income, Decimal("9000.00"))

    def test_its_village_waits_and_is_judged_by_the_next_run(self):
        before = VillageResult.objects.get(village=self.village)
        self.assertEqual(before.staying_persons, 3)

        self.save(wage=Decimal("9000"))

        self.assertEqual(DirtyVillage.objects.get().village, self.village)
        self.assertEqual(judge_dirty_villages(), 1)
        self.assertEqual(VillageResult.objects.get(village=self.village).staying_persons, 0)
        self.assertFalse(DirtyVillage.objects.exists())
        self.assertEqual(judge_dirty_villages(), 0)

    def test_a_rollback_leaves_the_old_result(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            self.save(wage=Decimal("9000"))
            raise ZeroDivisionError

        self.assertEqual(self.result().verdict, Outcome.NO_DATA)
        self.assertFalse(DirtyVillage.objects.exists())

    def test_the_old_image_moves_to_the_history(self):
        old = self.result()

        self.save(wage=Decimal("9000"))

        new, kept = self.result(), HouseholdResultHistory.objects.get(household=self.household)
        self.assertEqual((kept.verdict, kept.values, kept.since), (old.verdict, old.values, old.since))
        self.assertEqual((kept.until, kept.assessment_id), (new.since, old.assessment_id))

    def test_saving_what_stands_there_already_judges_nothing(self):
        self.assertFalse(self.save(persons=3))
        self.assertFalse(DirtyVillage.objects.exists())

    def test_a_fact_that_no_criterion_reads_writes_no_result(self):
        self.save(toilet=True)

        self.assertFalse(HouseholdResultHistory.objects.exists())

    def test_a_member_s_facts_judge_the_household(self):
        member = self.household.memberships.first().person.years.get(year=YEAR)

        save_person_year(member, {"medical_insurance": False}, version=member.version, user=self.user)

        self.assertEqual(self.result().outcomes[2], Outcome.NOT_MET)

    def test_a_village_s_facts_make_it_wait(self):
        row = self.village.years.get(year=YEAR)

        save_village_year(row, {"paved_road": False}, version=row.version, user=self.user)

        self.assertEqual(judge_dirty_villages(), 1)
        self.assertEqual(VillageResult.objects.get(village=self.village).verdict, Outcome.NOT_MET)

    def test_a_village_without_facts_of_the_year_is_judged_all_the_same(self):
        lonely = make_village("999001101202")
        result_of(sound_household(2, village=lonely))

        judge_dirty_villages()

        self.assertEqual(VillageResult.objects.get(village=lonely).poor_persons, 2)

    def test_a_closed_year_is_read_only_and_not_judged(self):
        HouseholdYear.objects.filter(pk=self.row.pk).update(closed=True, wage=Decimal("9000"))
        self.row.refresh_from_db()

        with self.assertRaises(ValidationError):
            self.save(persons=2)
        judge_saved([self.household.pk], [], YEAR)

        self.assertEqual(self.result().verdict, Outcome.NO_DATA)

    def test_saving_and_judging_takes_a_constant_handful_of_queries(self):
        counts = []
        self.assertTrue(self.user.roles, "read once by the door of the page")
        for members in (0, 12):
            for _member in range(members):
                add_member(self.household)
            self.row.refresh_from_db()
            with CaptureQueriesContext(connection) as queries:
                self.save(wage=Decimal(5000 + members))
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 20)


class AreaRunTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.versions = standards_for_tests()
        cls.user = make_user()
        cls.village = sound_village()
        cls.household = sound_household(village=cls.village)
        sound_household(village=cls.village, wage=None)
        cls.first = judge_area(county_area(), YEAR)

    def test_a_run_notes_what_it_did(self):
        run = self.first["household"]

        self.assertEqual((run.state, run.judged, run.changed), ("done", 2, 2))
        self.assertEqual(run.counts["income"], {"not_met": 0, "met": 1, "no_data": 1})
        self.assertEqual(run.counts["verdict"], {"not_met": 0, "met": 1, "no_data": 1})
        self.assertGreaterEqual(run.finished_at, run.started_at)

    def test_a_second_run_writes_nothing(self):
        again = judge_area(county_area(), YEAR)

        self.assertEqual([(run.judged, run.changed) for run in again.values()], [(2, 0), (1, 0)])
        self.assertFalse(HouseholdResultHistory.objects.exists())

    def test_facts_written_past_the_services_are_caught_by_the_next_run(self):
        HouseholdYear.objects.filter(household=self.household).update(wage=Decimal("1"))

        again = judge_area(county_area(), YEAR)

        self.assertEqual(again["household"].changed, 1)
        self.assertEqual(HouseholdResultHistory.objects.get().household, self.household)

    def test_a_smaller_area_judges_only_its_own(self):
        other = sound_village("999001102201")
        sound_household(village=other)

        runs = judge_area(other.area.parent, YEAR)

        self.assertEqual([(run.judged, run.changed) for run in runs.values()], [(1, 1), (1, 1)])

    def test_a_trial_stands_beside_the_real_results(self):
        trial = judge_area(county_area(), YEAR, version=self.versions["household"], trial=True)

        self.assertEqual(list(trial), ["household"])
        self.assertEqual(HouseholdTrialResult.objects.filter(assessment=trial["household"]).count(), 2)
        standing = set(HouseholdResult.objects.values_list("assessment_id", flat=True))
        self.assertEqual(standing, {self.first["household"].pk})

    def test_a_closed_assessment_is_never_judged_again(self):
        closed = close_assessment(self.first["household"], user=self.user)

        with self.assertRaises(ValueError):
            write_results(closed, HouseholdYear.objects.all())
        with self.assertRaises(ValidationError):
            close_assessment(closed, user=self.user)

    def test_what_is_saved_after_closing_belongs_to_a_new_assessment(self):
        close_assessment(self.first["household"], user=self.user)
        HouseholdYear.objects.filter(household=self.household).update(wage=Decimal("1"))

        result = result_of(self.household)

        self.assertNotEqual(result.assessment_id, self.first["household"].pk)
        self.assertEqual(HouseholdResultHistory.objects.get().assessment_id, self.first["household"].pk)

    def test_an_older_open_assessment_is_not_taken_up_again(self):
        second = judge_area(county_area(), YEAR)["household"]
        close_assessment(second, user=self.user)
        HouseholdYear.objects.filter(household=self.household).update(wage=Decimal("1"))

        self.assertGreater(result_of(self.household).assessment_id, second.pk)

    def test_a_failed_run_keeps_its_error_and_changes_nothing(self):
        # Two amounts whose sum no bigint holds.
        HouseholdYear.objects.filter(household=self.household).update(wage=HUGE, operating=HUGE)

        with self.assertRaisesMessage(DataError, "bigint out of range"):
            judge_area(county_area(), YEAR)

        failed = Assessment.objects.latest("pk")
        self.assertEqual((failed.state, failed.changed), ("failed", 0))
        self.assertIn("bigint out of range", failed.error)
        self.assertFalse(HouseholdResultHistory.objects.exists())

    def test_the_day_of_judgement_is_the_end_of_the_year_at_the_latest(self):
        self.assertEqual(self.first["household"].as_of, date(2016, 12, 31))

    def test_cancelled_households_are_not_judged(self):
        self.household.cancelled_on, self.household.cancelled_reason = date(2016, 6, 1), "错登"
        self.household.save()

        self.assertEqual(judge_area(county_area(), YEAR)["household"].judged, 1)

    def test_only_one_assessment_a_run(self):
        self.assertEqual(Assessment.objects.count(), 2)
