"""Edits over several days; afterwards every day is found as it was, and as a slow replay tells it."""

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.test import TestCase

from core.changes import change
from core.models import RowHistory
from core.recalled import value_of
from desk.queries.by_hand import items_shown, version_judged_by
from desk.queries.differing import household_lines, village_lines
from desk.queries.household import HouseholdPage, household_page
from desk.queries.then import household_then
from desk.queries.village import VillagePage, village_page
from desk.queries.village_then import village_then
from households.codes import Status
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from households.services import announce, save_person
from standards.models import Subject
from standards.services import judge_area, judge_dirty_villages
from tests.desk.days import passing_days
from tests.makers import YEAR, make_member, make_user
from tests.standards.county import (
    county_area,
    make_random_county,
    random_village_facts,
    standards_for_tests,
)
from tests.standards.edits import random_edits
from villages.models import Village, VillageYear
from villages.services import save_village_year

DAYS = 5
TABLES = (Household, HouseholdYear, HouseholdStatus, Membership, Person, PersonYear, VillageYear)


@dataclass
class Truth:
    """What the pages of a day said on that day."""

    households: dict[int, Any]
    villages: dict[int, Any]
    rows: dict[type[Model], dict[int, dict[str, Any]]]
    last: int


class EveryDayTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        make_random_county(seed=7, households=16, villages=3)
        cls.user = make_user("county_office", county_area())
        judge_area(county_area(), YEAR)
        cls.households = list(Household.objects.order_by("pk"))

    def test_every_day_is_found_as_it_was(self):
        chance = random.Random(11)
        truths: dict[date, Truth] = {}
        with passing_days() as days:
            for number in range(DAYS):
                if number:
                    self._work(chance, number)
                truth = self._truth()
                truths[days.end()] = truth
            self._work(chance, DAYS)
            for day, truth in truths.items():
                with self.subTest(day=day):
                    self._compare(day, truth)
        verdicts = [
            {pk: one[0]["verdict",].value for pk, one in t.households.items()} for t in truths.values()
        ]
        self.assertGreater(len({tuple(sorted(found.items())) for found in verdicts}), 1)

    def _work(self, chance: random.Random, number: int) -> None:
        """A day at the desk: facts, members, names, statuses, villages."""
        chosen = chance.sample(self.households, 10)
        list(random_edits(chosen, seed=number, user=self.user))
        for household in chance.sample(self.households, 4):
            with change("household.saved", user=self.user):
                if chance.random() < 0.5:
                    make_member(household, name=f"新{number}", id_number="", facts={"school_status": None})
                else:
                    open_ones = Membership.objects.filter(household=household, to_day=None)
                    first = open_ones.order_by("pk").values_list("pk", flat=True)[:1]
                    Membership.objects.filter(pk__in=list(first)).update(
                        to_day=date(YEAR, 9, 1), to_reason="02"
                    )
                announce([household.pk])
        for person in chance.sample(list(Person.objects.order_by("pk")), 2):
            save_person(person, {"name": f"改名{number}"}, version=person.version, user=self.user)
        with change("household.saved", user=self.user):
            HouseholdStatus.objects.create(
                household=chance.choice(self.households),
                status=chance.choice(Status.values),
                from_day=date(YEAR, 2, number),
            )
        row = chance.choice(list(VillageYear.objects.all()))
        save_village_year(row, random_village_facts(chance), version=row.version, user=self.user)
        judge_dirty_villages()

    def _truth(self) -> Truth:
        return Truth(
            {household.pk: self._household(household.pk) for household in self.households},
            {village.pk: self._village(village.pk) for village in Village.objects.all()},
            {model: {row.pk: columns(row) for row in model._default_manager.all()} for model in TABLES},
            RowHistory.objects.latest("pk").pk,
        )

    def _household(self, pk: int) -> tuple[Any, ...]:
        household = Household.objects.get(pk=pk)
        page: Any = household_page(self.user, household, YEAR)
        version = version_judged_by(page, Subject.HOUSEHOLD, household.village.area.code)
        page.hand_items = items_shown(household, version, YEAR)
        return told(page, household_lines(page), [(m.person.name, m.health) for m in page.members])

    def _village(self, pk: int) -> tuple[Any, ...]:
        page = village_page(self.user, Village.objects.get(pk=pk), YEAR)
        return told(page, village_lines(page), [])

    def _compare(self, day: date, truth: Truth) -> None:
        for pk, known in truth.households.items():
            page = household_then(self.user, Household.objects.get(pk=pk), YEAR, day)
            members = [(m.person.name, m.health) for m in page.members]
            self.assertEqual(told(page, household_lines(page), members), known)
        for pk, known in truth.villages.items():
            village = village_then(self.user, Village.objects.get(pk=pk), YEAR, day)
            if village.known:
                self.assertEqual(told(village, village_lines(village), []), known)
        recall = household_then(self.user, self.households[0], YEAR, day).recall
        for model in TABLES:
            found = {pk: columns(row) for pk, row in recall.rows(model, list(ids_of(model))).items()}
            self.assertEqual(found, truth.rows[model], model)
            self.assertEqual(found, replayed(model, truth.last), model)


def told(page: HouseholdPage | VillagePage, lines: Any, members: list[Any]) -> tuple[Any, ...]:
    """What a page says: every line, the explanation with its gaps and clauses, the table of facts."""
    table = [(row.label, row.values) for row in page.table.rows] if page.years else []
    steps = page.steps if isinstance(page, HouseholdPage) and page.years else []
    return lines, page.explanation, table, members, [(step.label, step.amount) for step in steps]


def ids_of(model: type[Model]) -> Any:
    return model._default_manager.order_by("pk").values_list("pk", flat=True)


def columns(row: Model) -> dict[str, Any]:
    """The columns that a history keeps; what the database derives stands in none."""
    kept = RowHistory.objects.filter(table=row._meta.db_table, row_id=row.pk).latest("pk").image or {}
    return {f.column: getattr(row, f.attname) for f in row._meta.concrete_fields if f.column in kept}


def replayed(model: type[Model], last: int) -> dict[int, dict[str, Any]]:
    """The slow way: begin with nothing, and do every write again up to the history's row `last`."""
    state: dict[int, dict[str, Any]] = {}
    for step in RowHistory.objects.filter(table=model._meta.db_table, pk__lte=last).order_by("pk"):
        if step.operation == "I":
            state[step.row_id] = dict(step.image or {})
        elif step.operation == "D":
            del state[step.row_id]
        else:
            for column, (_before, after) in (step.changed or {}).items():
                state[step.row_id][column] = after
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {
        pk: {column: value_of(fields[column], value) for column, value in row.items() if column in fields}
        for pk, row in state.items()
    }
