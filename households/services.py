"""The only place that changes several rows of the register at once."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from core.changes import change
from core.signals import facts_changed
from core.versions import save_versioned
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.names import search_keys
from villages.years import YearClosed, refuse_closed

_MISSING_YEARS = """
INSERT INTO households_householdyear (household_id, village_id, year, version, closed,
    members, school_age, out_of_school, school_unknown, uninsured, insurance_unknown,
    seriously_ill, ill_without_relief, ill_relief_unknown)
SELECT h.id, h.village_id, %s, 1, false, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM households_household h
WHERE h.county = %s AND h.cancelled_on IS NULL
  AND NOT EXISTS (SELECT FROM households_householdyear y WHERE y.household_id = h.id AND y.year = %s)
ON CONFLICT (county, household_id, year) DO NOTHING
"""


def open_household_year(county: int, year: int) -> int:
    """Give every household of the county's register a row of facts; return how many are new."""
    households = Household.objects.valid().filter(county=county)
    if not households.exclude(years__year=year).exists():
        return 0
    with change("households.year_opened", county=county), connection.cursor() as cursor:
        cursor.execute(_MISSING_YEARS, [year, county, year])
        return cursor.rowcount


def save_household(
    row: Household, values: dict[str, Any], *, version: int, user: Any, reason: str = "", evidence: str = ""
) -> bool:
    """Write what does not turn with the year; the household is judged in the transaction.

    Returns whether anything differed; StaleVersion and ValidationError as `save_versioned`.
    """
    if row.cancelled_on is not None:
        raise ValidationError(_("The household is cancelled; its record is read-only."))
    with change("household.saved", user=user, reason=reason, evidence=evidence, county=row.county):
        if not save_versioned(row, values, version=version):
            return False
        announce([row.pk])
    return True


def save_person(
    row: Person, values: dict[str, Any], *, version: int, user: Any, reason: str = "", evidence: str = ""
) -> bool:
    """Write who a member is; with a new name the keys follow by which they are found."""
    if "name" in values:
        values = values | {"name_keys": search_keys(values["name"])}
    with change("household.saved", user=user, reason=reason, evidence=evidence, county=row.county):
        if not save_versioned(row, values, version=version):
            return False
        if "birth_date" in values:
            # The age decides who has to be at school.
            homes = Membership.objects.filter(person=row.pk).values_list("household_id", flat=True)
            announce(list(homes))
        return True


def save_household_year(
    row: HouseholdYear,
    values: dict[str, Any],
    *,
    version: int,
    user: Any,
    reason: str = "",
    evidence: str = "",
) -> bool:
    """Write facts of a household's year and have it judged in the same transaction.

    Returns whether anything differed; StaleVersion and ValidationError as `save_versioned`.
    """
    if row.closed:
        raise YearClosed(row.year)
    area, number = _place_of(row.household_id)
    why = {"user": user, "reason": reason, "evidence": evidence}
    with change("household.saved", **why, county=row.county, area=area, subject=number):
        if not save_versioned(row, values, version=version):
            return False
        announce([row.household_id], year=row.year)
    return True


def save_person_year(
    row: PersonYear, values: dict[str, Any], *, version: int, user: Any, reason: str = "", evidence: str = ""
) -> bool:
    """Write facts of a person's year; the household of the person is judged in the transaction."""
    refuse_closed(row.county, [row.year])
    homes = homes_in_year(row.person_id, row.year)
    area, number = _place_of(*homes[:1])
    why = {"user": user, "reason": reason, "evidence": evidence}
    with change("household.saved", **why, county=row.county, area=area, subject=number):
        if not save_versioned(row, values, version=version):
            return False
        announce(homes, year=row.year)
    return True


def _place_of(*household_ids: int) -> tuple[str, str]:
    """Area and number of a household, for the audit."""
    found = Household.objects.filter(pk__in=household_ids)
    return found.values_list("village__area__code", "number").first() or ("", "")


def homes_in_year(person_id: int, year: int) -> list[int]:
    """The households that count the person in `year`: those of 31 December."""
    last_day = date(year, 12, 31)
    open_then = Q(to_day=None) | Q(to_day__gt=last_day)
    homes = Membership.objects.filter(open_then, person=person_id, from_day__lte=last_day)
    return list(homes.values_list("household_id", flat=True))


def announce(household_ids: list[int], *, year: int | None = None) -> None:
    """Tell the floors above that facts of these households were written, inside the transaction."""
    facts_changed.send(Household, household_ids=household_ids, village_ids=[], year=year)
