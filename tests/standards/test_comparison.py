from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.changes import change
from households.models import Household
from households.services import save_household_year, save_person_year
from standards.comparison import flips
from standards.files import load_standard
from standards.models import Assessment, HouseholdResult, HouseholdResultHistory
from standards.services import judge_area
from tests.makers import YEAR, make_household_year, make_township, make_user
from tests.standards.cases import add_member, sound_household, sound_village
from tests.standards.county import county_area, make_random_county, standards_for_tests
from tests.standards.edits import random_edits
from villages.services import save_village_year


def judge(subject: str = "household") -> Assessment:
    return judge_area(county_area(), YEAR)[subject]


def check_random_edits(edits: int, seed: int) -> None:
    """After one edit of each household exactly those with another outcome flip, each by its edit."""
    standards_for_tests()
    user = make_user()
    make_random_county(seed, households=edits)
    first = judge()
    made = {
        edit.household_id: edit for edit in random_edits(list(Household.objects.all()), seed=seed, user=user)
    }

    found = flips(first, judge(), user)

    assert len(found) > edits / 10
    assert {flip.subject_id for flip in found} == _with_other_outcomes()
    for flip in found:
        edit = made[flip.subject_id]
        named = [(c.table, c.column, c.before, c.after, c.source.change_id) for c in flip.causes]
        assert named == [(edit.table, edit.column, edit.before, edit.after, edit.change_id)]


def _with_other_outcomes() -> set[int]:
    old = {row.household_id: (row.verdict, row.outcomes) for row in HouseholdResultHistory.objects.all()}
    new = {row.household_id: (row.verdict, row.outcomes) for row in HouseholdResult.objects.all()}
    return {pk for pk, outcomes in old.items() if outcomes != new[pk]}


@pytest.mark.django_db
def test_sixty_random_edits_are_named_exactly():
    check_random_edits(60, seed=3)


@pytest.mark.soak
@pytest.mark.django_db
def test_a_thousand_random_edits_are_named_exactly():
    check_random_edits(1000, seed=4)


class FlipTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.versions = standards_for_tests()
        cls.user = make_user()
        cls.village = sound_village()
        cls.household = sound_household(village=cls.village)
        cls.other = sound_household(village=sound_village("999001102201"))
        cls.first = judge()

    def save(self, household=None, **values):
        row = (household or self.household).years.get(year=YEAR)
        save_household_year(row, values, version=row.version, user=self.user)

    def test_from_what_to_what(self):
        self.save(wage=Decimal("1000"))

        flip = flips(self.first, judge(), self.user)[0]

        self.assertEqual((flip.before["income"], flip.after["income"]), ("met", "not_met"))
        self.assertEqual((flip.before["verdict"], flip.after["verdict"]), ("met", "not_met"))
        self.assertEqual(flip.before["housing"], flip.after["housing"])
        cause = flip.causes[0]
        self.assertEqual((cause.label, cause.before, cause.after), ("工资性收入", 885601, 100000))
        self.assertEqual((cause.source.who, cause.source.change_id > 0), (self.user.username, True))

    def test_two_edits_of_one_field_are_one_cause(self):
        self.save(wage=Decimal("1000"))
        self.save(wage=Decimal("2000"))

        causes = flips(self.first, judge(), self.user)[0].causes

        self.assertEqual([(cause.before, cause.after) for cause in causes], [(885601, 200000)])

    def test_an_edit_taken_back_is_no_flip(self):
        self.save(wage=Decimal("1000"))
        self.save(wage=Decimal("8856.01"))

        self.assertEqual(flips(self.first, judge(), self.user), [])

    def test_two_members_with_the_same_edit_are_two_causes(self):
        for membership in self.household.memberships.all()[:2]:
            row = membership.person.years.get(year=YEAR)
            save_person_year(row, {"medical_insurance": False}, version=row.version, user=self.user)

        causes = flips(self.first, judge(), self.user)[0].causes

        self.assertEqual([cause.column for cause in causes], ["medical_insurance"] * 2)

    def test_a_new_member_is_named(self):
        with change("household.saved", user=self.user):
            add_member(self.household, medical_insurance=False)

        columns = {cause.column for cause in flips(self.first, judge(), self.user)[0].causes}

        self.assertIn("medical_insurance", columns)
        self.assertLessEqual(columns, {"medical_insurance", "household_id", "from_day", "birth_date"})

    def test_a_field_that_no_flipped_criterion_reads_is_not_named(self):
        self.save(wage=Decimal("1000"), toilet=True, safe_water=True)

        causes = flips(self.first, judge(), self.user)[0].causes

        self.assertEqual([cause.column for cause in causes], ["wage"])

    def test_a_village_flips_by_its_own_field(self):
        first = judge("village")
        row = self.village.years.get(year=YEAR)
        save_village_year(row, {"standard_clinic": False}, version=row.version, user=self.user)

        flip = flips(first, judge("village"), self.user)[0]

        self.assertEqual(
            [(c.column, c.before, c.after) for c in flip.causes], [("standard_clinic", True, False)]
        )

    def test_a_village_flips_by_a_status_of_its_households(self):
        make_household_year(self.household, persons=40)
        self.village.years.update(population=100)
        first = judge("village")
        with change("household.saved", user=self.user):
            self.household.statuses.create(status="out", from_day="2016-10-01")

        flip = flips(first, judge("village"), self.user)[0]

        self.assertEqual((flip.before["incidence"], flip.after["incidence"]), ("not_met", "met"))
        self.assertIn(("status", None, "out"), [(c.column, c.before, c.after) for c in flip.causes])

    def test_another_version_names_the_criterion(self):
        text = (
            self.versions["household"].text.replace("2016 = 2952", "2016 = 3026").replace('"test-', '"trial-')
        )
        stricter, _new = load_standard(text, publish=True)
        trial = judge_area(county_area(), YEAR, version=stricter, trial=True)["household"]

        found = flips(self.first, trial, self.user)

        self.assertEqual(len(found), 2)
        with translation.override("en"):
            cause = flips(self.first, trial, self.user)[0].causes[0]
        self.assertEqual((cause.table, cause.column), ("standards_criterion", "per_capita_income"))
        self.assertEqual(cause.before, "more than 2,952.00 yuan a person")
        self.assertEqual(cause.after, "more than 3,026.00 yuan a person")

    def test_a_criterion_that_the_other_version_leaves_out_is_named(self):
        self.save(food_secure=False)
        second = judge()
        text = self.versions["household"].text.replace('"test-', '"trial-')
        food = text[
            text.index('[[indicators.criteria]]\nmeasure = "food"') : text.index(
                '[[indicators.criteria]]\nmeasure = "clothing"'
            )
        ]
        milder, _new = load_standard(text.replace(food, ""), publish=True)
        trial = judge_area(county_area(), YEAR, version=milder, trial=True)["household"]

        causes = flips(second, trial, self.user)[0].causes

        self.assertEqual([(cause.column, cause.after) for cause in causes], [("food", "")])

    def test_only_what_the_person_may_see(self):
        self.save(wage=Decimal("1000"))
        self.save(self.other, wage=Decimal("1000"))
        second = judge()
        inside = make_user("township_clerk", make_township("999001101000"))
        next_door = make_user("township_clerk", make_township("999001102000"))
        nobody = make_user("helper", False)

        seen = {
            user: [flip.subject_id for flip in flips(self.first, second, user)]
            for user in (inside, next_door)
        }

        self.assertEqual(seen, {inside: [self.household.pk], next_door: [self.other.pk]})
        self.assertEqual(flips(self.first, second, nobody), [])
        self.assertEqual(len(flips(self.first, second, self.user)), 2)

    def test_each_run_is_taken_as_it_stood_when_it_ended(self):
        self.save(wage=Decimal("1000"))
        second = judge()
        self.save(wage=Decimal("9000"))
        third = judge()

        self.assertEqual(
            [flip.after["verdict"] for flip in flips(self.first, second, self.user)], ["not_met"]
        )
        self.assertEqual([flip.after["verdict"] for flip in flips(second, third, self.user)], ["met"])
        self.assertEqual(flips(self.first, third, self.user), [])

    def test_what_cannot_be_compared(self):
        village = judge("village")
        unfinished = Assessment.objects.get(pk=self.first.pk)
        unfinished.finished_at = None

        for second in (village, unfinished):
            with self.assertRaises(ValidationError):
                flips(self.first, second, self.user)

    def test_queries_do_not_grow_with_the_flips(self):
        self.save(wage=Decimal("1000"))
        second = judge()
        with CaptureQueriesContext(connection) as of_one:
            self.assertEqual(len(flips(self.first, second, self.user)), 1)
        self.save(self.other, wage=Decimal("1000"))
        third = judge()

        with CaptureQueriesContext(connection) as of_two:
            self.assertEqual(len(flips(self.first, third, self.user)), 2)

        self.assertLessEqual(len(of_two), len(of_one))
