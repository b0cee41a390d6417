"""The generator of invented counties."""

import io
from collections import Counter
from datetime import date
from unittest import mock

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import SimpleTestCase, TestCase

from core import secrets
from core.models import Change, RowHistory, Secret
from households.codes import Relation
from households.generation import county as generation
from households.generation import province
from households.generation.county import generate_county
from households.generation.income import CASES, draw_income
from households.generation.plan import CHUNK, Group, Wishes, plan_households
from households.generation.stages import Shares, Stage
from households.identity import age_on, parse
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.models.year import INCOME_ITEMS
from tests.database import as_owner
from tests.makers import make_area, make_county, make_member
from villages.models import VillageYear

LINE = 295_200


def snapshot() -> list[tuple]:
    """All generated facts without keys."""
    hidden = ("id", "household", "person", "village", "phone", "bank_account", "id_number", "disability_card")
    found = []
    for model in (Household, HouseholdYear, Person, PersonYear, VillageYear):
        names = [f.name for f in model._meta.concrete_fields if f.name not in (*hidden, "group")]
        found.append(list(model.objects.order_by("pk").values_list(*names)))
    return found


class ReproducibleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()

    def generated(self, households: int, **options) -> list[tuple]:
        with as_owner(), transaction.atomic():
            generate_county(self.county, households, **options)
            found = snapshot()
            transaction.set_rollback(True)
        return found

    def test_the_same_seed_gives_the_same_facts(self):
        self.assertEqual(self.generated(40, seed=5), self.generated(40, seed=5))

    def test_another_seed_gives_other_facts(self):
        self.assertNotEqual(self.generated(40, seed=5), self.generated(40, seed=6))

    def test_more_processes_give_the_same_facts(self):
        alone = self.generated(CHUNK + 50, seed=5, processes=1)

        with mock.patch.object(generation, "_ALONE", 0):
            together = self.generated(CHUNK + 50, seed=5, processes=3)

        self.assertEqual(alone, together)


class GeneratedCountyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county(townships=4, villages=8)
        cls.history = RowHistory.objects.count()
        cls.changes = Change.objects.count()
        with as_owner():
            cls.made = generate_county(cls.county, 300, seed=11)

    def test_counts_what_it_made(self):
        self.assertEqual((self.made.households, self.made.villages), (Household.objects.count(), 32))
        self.assertEqual(self.made.persons, Person.objects.count())

    def test_one_change_and_no_row_images(self):
        self.assertEqual(RowHistory.objects.count(), self.history)
        self.assertEqual(Change.objects.filter(kind="households.generated").get().reason, "seed 11")

    def test_identity_numbers_are_invented_right_and_given_once(self):
        people = Person.objects.exclude(id_number=None).select_related("id_number")
        numbers = secrets.reveal_many([person.id_number for person in people])

        self.assertEqual(len(set(numbers)), len(numbers))
        for person, number in zip(people, numbers, strict=True):
            read = parse(number)
            self.assertTrue(number.startswith("999") and read.checksum_holds)
            self.assertEqual((read.birth_date, read.sex), (person.birth_date, person.sex))

    def test_phones_are_no_real_ones(self):
        phones = Household.objects.exclude(phone=None).select_related("phone")
        for plain in secrets.reveal_many([household.phone for household in phones]):
            self.assertRegex(plain, r"^100\d{8}$")

    def test_secrets_open_for_their_own_subject_only(self):
        self.assertFalse(Secret.objects.filter(subject_table="households_person", subject_id=0).exists())
        person = Person.objects.exclude(id_number=None).first()
        self.assertEqual(person.id_number.subject_id, person.pk)

    def test_every_household_has_one_head(self):
        heads = Membership.objects.filter(relation=Relation.HEAD, to_day=None)
        self.assertEqual(heads.values("household").distinct().count(), 300)
        self.assertEqual(heads.count(), 300)
        self.assertFalse(Household.objects.filter(head_name="").exists())

    def test_nobody_became_a_parent_before_17(self):
        heads = {m.household_id: m.person for m in self.members(Relation.HEAD)}
        for member in self.members(Relation.SON, Relation.DAUGHTER):
            self.assertGreaterEqual(years_between(heads[member.household_id], member.person), 17)
        for member in self.members(Relation.FATHER, Relation.MOTHER):
            self.assertGreaterEqual(years_between(member.person, heads[member.household_id]), 17)

    def test_spouses_are_of_different_sex(self):
        heads = {m.household_id: m.person for m in self.members(Relation.HEAD)}
        for member in self.members(Relation.SPOUSE):
            self.assertNotEqual(member.person.sex, heads[member.household_id].sex)

    def members(self, *relations):
        return Membership.objects.filter(relation__in=relations).select_related("person")

    def test_all_statuses_and_somebody_who_left_occur(self):
        self.assertEqual(Household.objects.values("status").distinct().count(), 7)
        self.assertTrue(Membership.objects.exclude(to_day=None).exists())

    def test_each_household_has_its_status_from_january(self):
        days = set(Household.objects.values_list("statuses__from_day", flat=True))
        self.assertEqual(days, {date(2016, 1, 1)})
        self.assertFalse(HouseholdYear.objects.exclude(status=F("household__status")).exists())

    def test_village_facts_have_every_outcome(self):
        for field in ("paved_road", "bus", "culture_centre", "standard_clinic", "committee_broadband"):
            with self.subTest(field):
                self.assertEqual(set(VillageYear.objects.values_list(field, flat=True)), {True, False, None})
        for field in ("unsafe_water_households", "no_living_power", "no_broadcast_households"):
            with self.subTest(field):
                values = set(VillageYear.objects.values_list(field, flat=True))
                self.assertTrue({0, None} < values)

    def test_a_village_stands_exactly_on_two_per_cent(self):
        poor = ("new", "poor", "planned", "returned")
        counts = Counter()
        for row in HouseholdYear.objects.filter(status__in=poor):
            counts[row.village_id] += row.members
        distances = {
            row.population - 50 * counts[row.village_id]
            for row in VillageYear.objects.exclude(population=None)
            if counts[row.village_id]
        }
        self.assertTrue({-1, 0, 1} <= distances)

    def test_a_county_with_households_is_refused(self):
        with as_owner(), self.assertRaisesMessage(ValidationError, ""):
            generate_county(self.county, 10, seed=1)

    def test_unknown_facts_occur_in_every_income_item(self):
        for item in INCOME_ITEMS:
            with self.subTest(item):
                self.assertTrue(HouseholdYear.objects.filter(**{item: None}).exists())
                self.assertTrue(HouseholdYear.objects.filter(**{f"{item}__isnull": False}).exists())

    def test_incomes_stand_on_the_line_and_a_fen_beside_it(self):
        distances = set()
        for row in HouseholdYear.objects.exclude(persons=None).values():
            items = [row[name] for name in ("wage", "operating", "property_income", "transfer")]
            if None not in items and row["operating_cost"] is not None:
                net = int((sum(items) - row["operating_cost"]) * 100)
                distances.add(net - LINE * row["persons"])
        self.assertTrue({-1, 0, 1} <= distances)


def years_between(older: Person, younger: Person) -> int:
    return age_on(older.birth_date, younger.birth_date)


class PlanTests(SimpleTestCase):
    def test_exact_numbers_are_kept(self):
        from random import Random

        wishes = Wishes(
            [Group(200, 640, "education"), Group(300, 1000)],
            shares=Shares(pupils=120, students=31, dropouts=7, oldest=50, preschool=0),
            departed=0,
        )
        plans = plan_households(Random(1), wishes, [1.0] * 5)
        letters = Counter("".join(plan.stages for plan in plans))

        self.assertEqual(sum(plan.size for plan in plans), 1640)
        self.assertEqual(sum(plan.size for plan in plans if plan.route), 640)
        self.assertEqual((letters[Stage.PUPIL], letters[Stage.STUDENT], letters[Stage.DROPOUT]), (120, 31, 7))
        self.assertEqual(letters[Stage.HEAD_OLDEST] + letters[Stage.PARENT_OLDEST], 50)

    def test_every_income_case_adds_up_to_its_net(self):
        from random import Random

        rng = Random(2)
        for case in CASES:
            for persons in (1, 3, 6):
                items = draw_income(rng, case, year=2016, persons=persons, elders=1, dibao=True, wubao=False)
                parts = ["wage", "operating", "property_income", "transfer", "operating_cost"]
                if not items or any(items[part] is None for part in parts):
                    continue
                net = items["wage"] + items["operating"] + items["property_income"] + items["transfer"]
                with self.subTest(case=case, persons=persons):
                    self.assertEqual(net - items["operating_cost"], items["stated_net"])
                    self.assertGreaterEqual(min(items[part] for part in parts), 0)


class CommandTests(TestCase):
    def test_prints_what_it_made(self):
        make_county()
        out = io.StringIO()

        with as_owner():
            call_command("generate_county", "--households=30", "--seed=1", "--county=999001", stdout=out)

        self.assertIn("30 households", out.getvalue())
        self.assertIn("6 villages", out.getvalue())

    def test_another_year(self):
        make_county()

        with as_owner():
            call_command(
                "generate_county",
                "--households=20",
                "--seed=1",
                "--county=999001",
                "--year=2015",
                stdout=io.StringIO(),
            )

        self.assertEqual(set(HouseholdYear.objects.values_list("year", flat=True)), {2015})

    def test_a_county_that_is_not_loaded_is_named(self):
        with as_owner(), self.assertRaisesMessage(CommandError, "999999"):
            call_command("generate_county", "--households=30", "--seed=1", "--county=999999")

    def test_a_county_without_villages_is_refused(self):
        make_area("999002000000", "county", "空县")

        with as_owner(), self.assertRaisesMessage(CommandError, "空县"):
            call_command("generate_county", "--households=30", "--seed=1", "--county=999002")

    def test_the_application_cannot_write_without_history(self):
        county = make_county()

        application = mock.patch("households.generation.writing.is_owner", return_value=False)
        with application, self.assertRaisesMessage(ValidationError, "DATABASE_OWNER_URL"):
            generate_county(county, 10, seed=1)

        self.assertEqual(Household.objects.count(), 0)


class TalliesOnlyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        with as_owner(), mock.patch.object(province, "PER_COUNTY", 40):
            province.generate_tallies(100, seed=1)

    def test_each_county_has_the_rows_of_the_first(self):
        def rows(county: int) -> list[tuple]:
            years = HouseholdYear.objects.filter(county=county).order_by("household__number")
            return list(years.values_list("wage", "house_grade", "members", "uninsured", "status"))

        self.assertEqual(len(rows(990101)), 40)
        self.assertEqual(rows(990102), rows(990101))
        self.assertEqual(rows(990103), rows(990101)[:20])

    def test_the_copies_have_no_people(self):
        self.assertEqual(set(Person.objects.values_list("county", flat=True)), {990101})

    def test_villages_have_their_facts(self):
        self.assertEqual(VillageYear.objects.filter(county=990103).count(), 200)

    def test_the_database_counts_again_afterwards(self):
        household = Household.objects.filter(county=990102).first()

        make_member(household)

        self.assertEqual(household.years.get().members, 1)
