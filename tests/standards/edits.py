"""Random edits of single fields, each by its service and its own change."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from core.changes import change
from core.models import Change
from households.models import Household, HouseholdYear, Person, PersonYear
from households.services import announce, save_household_year, save_person_year
from tests.makers import YEAR
from tests.standards.county import random_birth_date, random_household_facts, random_person_facts


@dataclass(frozen=True)
class Edit:
    """What was edited, with both values as the history writes them."""

    household_id: int
    table: str
    column: str
    before: Any
    after: Any
    change_id: int


def random_edits(households: list[Household], *, seed: int, user: Any) -> Iterator[Edit]:
    """Edit one field of each of these households, of its year or of one of its members."""
    chance = random.Random(seed)
    for household in households:
        people = list(Person.objects.filter(memberships__household=household).order_by("pk"))
        kind = chance.choice(["year", "year", "person", "birth"]) if people else "year"
        row, facts = _row_and_facts(kind, household, people, chance)
        column, before, value = _another(chance, row, facts)
        _save(row, column, value, household=household, user=user)
        yield Edit(
            household.pk,
            row._meta.db_table,
            column,
            written(before),
            written(value),
            Change.objects.latest("pk").pk,
        )


def _row_and_facts(kind: str, household: Household, people: list[Person], chance: random.Random):
    if kind == "year":
        return HouseholdYear.objects.get(household=household, year=YEAR), random_household_facts
    if kind == "person":
        return PersonYear.objects.get(person=chance.choice(people), year=YEAR), random_person_facts
    return chance.choice(people), lambda chance: {"birth_date": random_birth_date(chance)}


def _another(chance: random.Random, row: Model, facts: Any) -> tuple[str, Any, Any]:
    """A random field, its value, and another value for it."""
    while True:
        column, value = chance.choice(list(facts(chance).items()))
        before = getattr(row, column)
        if written(before) != written(value):
            return column, before, value


def _save(row: Any, column: str, value: Any, *, household: Household, user: Any) -> None:
    if isinstance(row, HouseholdYear):
        save_household_year(row, {column: value}, version=row.version, user=user)
    elif isinstance(row, PersonYear):
        save_person_year(row, {column: value}, version=row.version, user=user)
    else:
        _save_birth(row, value, household, user)


def _save_birth(person: Person, value: date | None, household: Household, user: Any) -> None:
    with change("household.saved", user=user):
        Person.objects.filter(pk=person.pk).update(birth_date=value)
        announce([household.pk], year=YEAR)


def written(value: Any) -> Any:
    """The value as the history's JSON holds it: money in fen, days as text."""
    if isinstance(value, Decimal):
        return int(value * 100)
    return value.isoformat() if isinstance(value, date) else value
