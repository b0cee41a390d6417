"""The demonstration has the article's figures, people of every role, and can be cleared."""

from collections import Counter
from datetime import date
from io import StringIO
from random import Random

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.test import SimpleTestCase, TestCase

from accounts.demonstration import DEMONSTRATION_USERS, listed_users
from accounts.models import AccessEvent, User
from areas.models import Area
from areas.services import load_division_file
from core.clock import calendar_day, forget_installation, today
from core.models import Installation, RowHistory, Secret
from desk import demonstration
from desk.clearing import cleared_tables
from desk.demonstration import demonstration_wishes, load_demonstration
from households.generation.details import draw_details
from households.generation.families import FamilyMaker
from households.generation.plan import plan_households
from households.identity import age_on
from households.models import Household, HouseholdYear, Person, PersonYear
from standards.models import Assessment, HouseholdResult, StandardVersion, VillageResult
from tests.database import as_owner

DAY = date(2016, 10, 18)
ROUTES = {
    "employment": (935, 3260),
    "industry": (1450, 5035),
    "education": (281, 985),
    "dibao": (352, 1220),
}


class RegisterFigureTests(SimpleTestCase):
    """The whole register, as it is planned and drawn before it is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = Random(demonstration.SEED)
        plans = plan_households(rng, demonstration_wishes(), [1.0] * 20)
        families = FamilyMaker(rng, demonstration.YEAR)
        cls.details = [draw_details(rng, families, plan) for plan in plans]

    def test_the_register_has_30_047_persons(self):
        self.assertEqual(sum(len(one.members) for one in self.details), 30_047)

    def test_at_least_600_households_live_in_dangerous_houses(self):
        grades = Counter(one.year["house_grade"] for one in self.details)
        self.assertGreaterEqual(grades["3"] + grades["4"], 600)

    def test_1341_pupils(self):
        enrolled = [
            facts
            for one in self.details
            for facts in one.person_years
            if facts["school_status"] not in (None, "01")
        ]
        self.assertEqual(len(enrolled), 1341)

    def test_1150_people_are_old_enough_for_the_allowance_and_nobody_joins_them_for_a_year(self):
        births = [member.birth_date for one in self.details for member in one.members]
        for day in (DAY, date(2017, 12, 31)):
            self.assertEqual(sum(age_on(birth, day) >= 80 for birth in births), 1150)

    def test_the_plan_of_2016_by_route(self):
        households, people = Counter(), Counter()
        for one in self.details:
            if one.year["planned_exit_year"] == 2016:
                households[one.year["planned_route"]] += 1
                people[one.year["planned_route"]] += len(one.members)

        found = {route: (households[route], people[route]) for route in households}
        self.assertEqual(found, ROUTES)
        self.assertEqual((households.total(), people.total()), (3018, 10_500))


class LoadedDemonstrationTests(TestCase):
    """The plan in full beside a smaller rest."""

    @classmethod
    def setUpTestData(cls):
        load_division_file()
        small = demonstration_wishes(others=60, persons=10_700)
        wishes, demonstration.demonstration_wishes = demonstration.demonstration_wishes, lambda: small
        try:
            with as_owner():
                load_demonstration()
        finally:
            demonstration.demonstration_wishes = wishes

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        forget_installation()

    def setUp(self):
        forget_installation()

    def test_the_plan_of_2016_adds_up_in_the_tables(self):
        planned = HouseholdYear.objects.filter(year=2016, planned_exit_year=2016).order_by()
        rows = planned.values_list("planned_route").annotate(Count("pk"), Sum("members"))

        self.assertEqual({route: (households, people) for route, households, people in rows}, ROUTES)

    def test_the_register_adds_up_in_the_tables(self):
        self.assertEqual(Person.objects.count(), 10_700)
        self.assertEqual(HouseholdYear.objects.aggregate(n=Sum("members"))["n"], 10_700)
        self.assertEqual(
            PersonYear.objects.exclude(school_status=None).exclude(school_status="01").count(), 1341
        )

    def test_every_household_and_village_is_judged_with_every_outcome(self):
        self.assertEqual(HouseholdResult.objects.count(), Household.objects.count())
        self.assertEqual(VillageResult.objects.count(), 201)
        for model, indicators in ((HouseholdResult, 4), (VillageResult, 8)):
            rows = list(model.objects.values_list("verdict", "outcomes"))
            self.assertEqual(len({verdict for verdict, _outcomes in rows}), 3)
            for place in range(indicators):
                with self.subTest(model=model.__name__, indicator=place):
                    self.assertEqual(len({outcomes[place] for _verdict, outcomes in rows}), 3)

    def test_earlier_meetings_have_fewer_households_that_meet_everything(self):
        runs = Assessment.objects.filter(subject="household").order_by("finished_at")
        met = [run.counts["verdict"]["met"] for run in runs]

        self.assertEqual(len(met), 9)
        self.assertEqual(met, sorted(met))
        self.assertEqual({sum(run.counts["verdict"].values()) for run in runs}, {Household.objects.count()})

    def test_it_is_the_day_of_the_article(self):
        self.assertEqual(today(), DAY)
        self.assertEqual(Installation.objects.get().first_started_on, calendar_day())

    def test_there_is_somebody_of_every_role_within_their_area(self):
        self.assertEqual(len(listed_users()), len(DEMONSTRATION_USERS))
        prefixes = {
            user.roles[0]: user.area_prefixes()
            for user in User.objects.all()
            if user.roles and user.area_prefixes()
        }
        self.assertEqual(prefixes["county_office"], ("411725",))
        self.assertEqual(prefixes["township_clerk"], ("411725101",))
        self.assertEqual(prefixes["first_secretary"], ("411725101212",))

    def test_the_helper_has_a_few_households_of_the_village(self):
        helper = User.objects.get(username="bangfu")
        seen = Household.objects.visible_to(helper)

        self.assertGreater(len(seen), 0)
        self.assertLessEqual(len(seen), 5)
        self.assertEqual({household.village.area.code for household in seen}, {"411725101212"})

    def test_loading_again_changes_nothing(self):
        with as_owner():
            self.assertEqual(load_demonstration(), 0)

        self.assertEqual(User.objects.count(), len(DEMONSTRATION_USERS))

    def test_clearing_leaves_areas_and_standards_only(self):
        areas = Area.objects.exclude(level="group").count()
        standards = StandardVersion.objects.count()

        with as_owner():
            call_command("clear_demonstration", "--yes", stdout=StringIO())

        self.assertEqual(Area.objects.count(), areas)
        self.assertEqual(StandardVersion.objects.count(), standards)
        left = [Household, Person, User, AccessEvent, HouseholdResult]
        self.assertEqual([model.objects.count() for model in left], [0] * len(left))
        self.assertLessEqual(set(Secret.objects.values_list("field", flat=True)), {"canary"})
        history = RowHistory.objects.filter(table__in=cleared_tables())
        self.assertEqual(set(history.values_list("operation", flat=True)), {"T"})
        self.assertFalse(Installation.objects.get().demonstration)

    def test_clearing_asks_first(self):
        with as_owner(), self.assertRaisesMessage(CommandError, "--yes"):
            call_command("clear_demonstration")

        self.assertTrue(Household.objects.exists())


class RealRegisterTests(TestCase):
    """A database that is no demonstration is neither filled nor cleared."""

    def setUp(self):
        Installation.objects.create(pk=1, demonstration=False, first_started_on=date(2026, 1, 1))
        forget_installation()

    def tearDown(self):
        forget_installation()

    def test_is_not_filled(self):
        load_division_file()

        with as_owner(), self.assertRaises(ValidationError):
            load_demonstration()

        self.assertEqual(Household.objects.count(), 0)

    def test_is_not_cleared(self):
        with as_owner(), self.assertRaises(CommandError):
            call_command("clear_demonstration", "--yes")
