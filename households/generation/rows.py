"""Generated households as COPY text: one text a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from core import secrets
from households.codes import LeaveReason
from households.generation import tallies
from households.generation.details import Details, draw_details
from households.generation.families import FamilyMaker, Member
from households.generation.plan import CHUNK, HouseholdPlan
from households.generation.stages import Stage
from households.models import Household, HouseholdYear, PersonYear
from households.models.year import TALLIES
from households.names import search_keys

NULL = "\\N"
_KEPT_BY_DATABASE = ("id", "county", "version", "closed", *TALLIES)
_HOUSEHOLD_FIRST = ("id", "number", "county", "village_id", "group_id", "head_name", "phone_id")
_OWN_NOW = (*_HOUSEHOLD_FIRST, "version", "cancelled_on", "cancelled_reason", "bank_account_id")


def _columns(model: Any, without: Sequence[str]) -> tuple[str, ...]:
    return tuple(field.column for field in model._meta.concrete_fields if field.column not in without)


HOUSEHOLD_FACTS = _columns(Household, _OWN_NOW)
HOUSEHOLD_YEAR_FACTS = _columns(HouseholdYear, (*_KEPT_BY_DATABASE, "household_id", "village_id", "year"))
PERSON_YEAR_FACTS = _columns(PersonYear, (*_KEPT_BY_DATABASE, "person_id", "year"))

# In this order: what a row points to is there before it.
TABLES: dict[str, tuple[str, ...]] = {
    "core_secret": secrets.COPY_COLUMNS,
    "households_household": (*_HOUSEHOLD_FIRST, "version", "cancelled_reason", *HOUSEHOLD_FACTS),
    "households_person": (
        "id",
        "county",
        "name",
        "name_keys",
        "number",
        "sex",
        "birth_date",
        "id_number_id",
        "disability_card_id",
        "ethnic_group",
        "political_status",
        "version",
    ),
    "households_personyear": ("person_id", "county", "year", "version", *PERSON_YEAR_FACTS),
    "households_membership": (
        "household_id",
        "person_id",
        "relation",
        "from_day",
        "to_day",
        "from_reason",
        "to_reason",
        "version",
    ),
    "households_householdstatus": ("household_id", "status", "from_day", "document"),
    "households_householdyear": (
        "household_id",
        "village_id",
        "county",
        "year",
        "version",
        "closed",
        "status",
        *tallies.NAMES,
        *HOUSEHOLD_YEAR_FACTS,
    ),
}


@dataclass(frozen=True)
class Place:
    """A village as the generator needs it: its key, its division code and its groups' keys."""

    village_id: int
    code: str
    groups: Sequence[int]


@dataclass(frozen=True)
class Chunk:
    """The work of one call: some households of the plan, with the keys kept free for their rows."""

    number: int
    first_index: int
    seed: int
    year: int
    county: str
    plans: Sequence[HouseholdPlan]
    places: Sequence[Place]
    household_keys: Sequence[int]
    person_keys: Sequence[int]
    secret_keys: Sequence[int]


def cell(value: Any) -> str:
    """A value as COPY text. Generated words hold no tab, newline or backslash."""
    if value is None:
        return NULL
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, tuple):
        return "{" + ",".join(value) + "}"
    return str(value)


class ChunkWriter:
    """Turns the plans of one chunk into COPY text."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.rng = Random(chunk.seed * 1_000_003 + chunk.number)
        area = 999_000 + (int(chunk.county[2:]) * 7 + chunk.number) % 1000
        self.families = FamilyMaker(self.rng, chunk.year, str(area))
        self.lines: dict[str, list[str]] = {table: [] for table in TABLES}
        self.plain: list[secrets.Plain] = []
        self.secret_keys = iter(chunk.secret_keys)
        self.used_keys: list[int] = []

    def write(self) -> dict[str, str]:
        """The text of every table for the households of the chunk."""
        person_keys = iter(self.chunk.person_keys)
        for offset, (plan, key) in enumerate(zip(self.chunk.plans, self.chunk.household_keys, strict=True)):
            details = draw_details(self.rng, self.families, plan)
            number = f"{self.chunk.county}{self.chunk.first_index + offset + 1:010d}"
            self._household(details, key, number)
            for place, member in enumerate(details.members):
                self._member(details, place, member, (key, next(person_keys), number))
        text = {table: "\n".join(lines) + "\n" for table, lines in self.lines.items() if lines}
        return {"core_secret": secrets.copy_text(self.plain, self.used_keys), **text}

    def _secret(self, table: str, field: str, subject: int, plain: str) -> str:
        key = next(self.secret_keys)
        self.used_keys.append(key)
        self.plain.append(secrets.Plain(table, field, subject, plain))
        return str(key)

    def _add(self, table: str, *cells: str) -> None:
        self.lines[table].append("\t".join(cells))

    def _household(self, details: Details, key: int, number: str) -> None:
        rng, chunk = self.rng, self.chunk
        place = chunk.places[details.plan.village]
        phone = NULL
        if rng.random() < 0.94:
            phone = f"100{rng.randrange(10**8):08d}"
            phone = self._secret("households_household", "phone", key, phone)
        group = rng.choice(place.groups) if place.groups and rng.random() < 0.97 else None
        facts = [cell(details.household[name]) for name in HOUSEHOLD_FACTS]
        named = (str(key), number, chunk.county, str(place.village_id), cell(group))
        self._add("households_household", *named, details.members[0].name, phone, "1", "", *facts)
        start = f"{chunk.year}-01-01"
        self._add("households_householdstatus", str(key), str(details.plan.status), start, "")
        facts = [cell(details.year.get(name)) for name in HOUSEHOLD_YEAR_FACTS]
        first = (str(key), str(place.village_id), chunk.county, str(chunk.year))
        self._add("households_householdyear", *first, *self._kept_by_database(details), *facts)

    def _kept_by_database(self, details: Details) -> list[str]:
        """Version, closed, the status of the year and the tallies of the members who stay."""
        staying = zip(details.members[: details.plan.size], details.person_years, strict=False)
        counted = tallies.count(staying, self.chunk.year)
        return ["1", "f", str(details.plan.status), *map(str, counted.values())]

    def _member(self, details: Details, place: int, member: Member, keys: tuple[int, int, str]) -> None:
        household, person, number = keys
        county = self.chunk.county
        id_number, card = self._identity(details, place, member, person)
        ethnic, political = self._card(member)
        self._add(
            "households_person",
            str(person),
            county,
            member.name,
            "{" + ",".join(search_keys(member.name)) + "}",
            f"{number}{place + 1:02d}",
            member.sex,
            member.birth_date.isoformat(),
            id_number,
            card,
            ethnic,
            political,
            "1",
        )
        facts = details.person_years[place]
        cells = [cell(facts.get(name)) for name in PERSON_YEAR_FACTS]
        self._add("households_personyear", str(person), county, str(self.chunk.year), "1", *cells)
        self._membership(household, person, member)

    def _membership(self, household: int, person: int, member: Member) -> None:
        year, to_day, reason = self.chunk.year, NULL, NULL
        if member.stage == Stage.DEPARTED:
            to_day = date(year, self.rng.randint(2, 9), self.rng.randint(1, 28)).isoformat()
            reason = self.rng.choice((LeaveReason.DEATH, LeaveReason.MOVED_OUT)).value
        self._add(
            "households_membership",
            str(household),
            str(person),
            member.relation,
            f"{year}-01-01",
            to_day,
            LeaveReason.REGISTERED.value,
            reason,
            "1",
        )

    def _identity(self, details: Details, place: int, member: Member, person: int) -> tuple[str, str]:
        """The keys of the identity number, and of a card for the first disabled member."""
        table, number = "households_person", member.id_number
        id_number = NULL
        if self.rng.random() < 0.998:
            id_number = self._secret(table, "id_number", person, number)
        years = details.person_years
        disabled = [at for at, facts in enumerate(years) if facts["health"] and "04" in facts["health"]]
        if disabled[:1] != [place] or self.rng.random() < 0.1:
            return id_number, NULL
        card = f"{number}{self.rng.randint(1, 7)}{self.rng.randint(1, 4)}"
        return id_number, self._secret(table, "certificate", person, card)

    def _card(self, member: Member) -> tuple[str, str]:
        chance = self.rng.random()
        ethnic = "汉族" if chance < 0.985 else "回族" if chance < 0.993 else NULL
        adult = self.chunk.year - member.birth_date.year >= 18
        return ethnic, "01" if adult and chance > 0.965 else "13" if chance < 0.96 else NULL


def write_chunk(chunk: Chunk) -> dict[str, str]:
    """COPY text of one chunk; runs in a process of its own and asks the database nothing."""
    return ChunkWriter(chunk).write()


def cut(plans: Sequence[HouseholdPlan]) -> list[range]:
    """The plan cut into chunks, the same ones however many processes work."""
    return [range(at, min(at + CHUNK, len(plans))) for at in range(0, len(plans), CHUNK)]
