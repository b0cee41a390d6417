"""One save of the entry page: household, yearly row and members together, in one change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import secrets
from core.changes import change
from core.models import Change
from core.versions import save_versioned
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.names import search_keys
from households.services import announce

KIND = "household.saved"


@dataclass
class Correction:
    """Columns to write to a row that was read with `version`; `plain`: kind and text by secret column.

    `part` is what the form calls the row.
    """

    row: Any
    values: dict[str, Any]
    version: int
    part: str = ""
    plain: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Arrival:
    """A person who becomes a member on `day`; `id_number` is the plain number or empty."""

    person: dict[str, Any]
    facts: dict[str, Any]
    relation: str | None
    day: date
    reason: str
    id_number: str = ""


@dataclass
class FirstFacts:
    """Facts of a member who has no row of the year yet."""

    person: Person
    facts: dict[str, Any]


@dataclass
class Entry:
    """Everything that one form says about a household in one year."""

    household: Household
    year: HouseholdYear
    corrections: list[Correction] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    first_facts: list[FirstFacts] = field(default_factory=list)


def lock_household(pk: int) -> Household:
    """The household, locked as the tallies lock it: entries of one household follow each other."""
    return Household.objects.select_for_update(no_key=True).get(pk=pk)


def already_saved(number: str, sending: str) -> bool:
    """Whether this sending of a form was saved before: a double click, or a page sent again."""
    return Change.objects.filter(subject=number, kind=KIND, request_id=sending).exists()


def save_entry(entry: Entry, *, user: Any, sending: str, reason: str = "", evidence: str = "") -> bool:
    """Write what differs in one transaction and have the household judged; return whether anything did.

    `sending` tells this sending of the form from every other (`already_saved`).
    Raises ValidationError when the record is read-only or a value is refused, StaleVersion when a
    row has moved on; then nothing is written.
    """
    household, year = entry.household, entry.year
    if household.cancelled_on is not None:
        raise ValidationError(_("The household is cancelled; its record is read-only."))
    if year.closed:
        raise ValidationError(
            _("The year %(year)d is closed; its facts are read-only.") % {"year": year.year}
        )
    if not _differs(entry):
        return False
    said: dict[str, Any] = {"user": user, "reason": reason, "evidence": evidence, "request_id": sending}
    said |= {"area": household.village.area.code, "subject": household.number}
    with change(KIND, **said, county=household.county):
        for correction in entry.corrections:
            _correct(correction)
        for first in entry.first_facts:
            PersonYear.objects.create(person=first.person, year=year.year, **first.facts)
        for arrival in entry.arrivals:
            _arrive(arrival, household, year.year)
        announce([household.pk], year=year.year)
        if _touches_other_years(entry):
            announce([household.pk])
    return True


def _differs(entry: Entry) -> bool:
    def new(correction: Correction) -> bool:
        values = correction.values.items()
        return bool(correction.plain) or any(getattr(correction.row, name) != value for name, value in values)

    return bool(entry.arrivals or entry.first_facts) or any(map(new, entry.corrections))


def _touches_other_years(entry: Entry) -> bool:
    """Who belongs to the household, and births, count in every open year."""
    rows: Sequence[Any] = [one.row for one in entry.corrections]
    return bool(entry.arrivals) or any(isinstance(row, Membership | Person) for row in rows)


def _correct(correction: Correction) -> None:
    row, values = correction.row, dict(correction.values)
    if isinstance(row, Person) and "name" in values and values["name"] != row.name:
        values["name_keys"] = search_keys(values["name"])
    for column, (kind, plain) in correction.plain.items():
        stored = getattr(row, column)
        if stored is None or not secrets.holds(stored, plain):
            values[column] = secrets.seal(
                table=row._meta.db_table, field=kind, subject_id=row.pk, plain=plain
            )
    save_versioned(row, values, version=correction.version)


def _arrive(arrival: Arrival, household: Household, year: int) -> None:
    person = Person(county=household.county, **arrival.person)
    person.name_keys = search_keys(person.name)
    person.full_clean(exclude=["id_number", "disability_card"])
    person.save()
    if arrival.id_number:
        person.id_number = secrets.seal(
            table=Person._meta.db_table, field="id_number", subject_id=person.pk, plain=arrival.id_number
        )
        person.save(update_fields=["id_number"])
    PersonYear.objects.create(person=person, year=year, **arrival.facts)
    membership = Membership(
        household=household,
        person=person,
        relation=arrival.relation,
        from_day=arrival.day,
        from_reason=arrival.reason,
    )
    membership.full_clean()
    membership.save()
