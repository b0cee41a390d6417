"""The members' tallies counted the slow, obvious way: one member at a time, in plain Python."""

from collections import Counter
from datetime import date

from households.models import HouseholdYear, PersonYear

TALLIES = (
    "members",
    "school_age",
    "out_of_school",
    "school_unknown",
    "uninsured",
    "insurance_unknown",
    "seriously_ill",
    "ill_without_relief",
    "ill_relief_unknown",
)


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def count_members(row: HouseholdYear) -> dict[str, int]:
    """What the tallies of a household's year must be."""
    tallies = Counter()
    last_day = date(row.year, 12, 31)
    for membership in row.household.memberships.select_related("person"):
        left = membership.to_day is not None and membership.to_day <= last_day
        if membership.from_day > last_day or left:
            continue
        tallies["members"] += 1
        facts = PersonYear.objects.filter(person=membership.person, year=row.year).first()
        facts = facts or PersonYear()
        _count_schooling(tallies, membership.person.birth_date, facts, row.year)
        if facts.medical_insurance is None:
            tallies["insurance_unknown"] += 1
        elif not facts.medical_insurance:
            tallies["uninsured"] += 1
        if "03" in (facts.health or []):
            tallies["seriously_ill"] += 1
            if facts.serious_illness_relief is None:
                tallies["ill_relief_unknown"] += 1
            elif not facts.serious_illness_relief:
                tallies["ill_without_relief"] += 1
    return {name: tallies[name] for name in TALLIES}


def _count_schooling(tallies: Counter, birth: date | None, facts: PersonYear, year: int) -> None:
    """Ages 6 to 15 on 1 September; an unknown age counts as unknown unless the child is in school."""
    excused = facts.dropout_reason is not None and facts.dropout_reason != "01"
    if birth is None:
        if facts.school_status in (None, "01") and not excused:
            tallies["school_unknown"] += 1
        return
    if not 6 <= age_on(birth, date(year, 9, 1)) <= 15:
        return
    tallies["school_age"] += 1
    if facts.school_status is None:
        tallies["school_unknown"] += 1
    elif facts.school_status == "01" and not excused:
        tallies["out_of_school"] += 1


def kept(row: HouseholdYear) -> dict[str, int]:
    """What the database keeps on the row."""
    row.refresh_from_db()
    return {name: getattr(row, name) for name in TALLIES}


def differences() -> list[tuple[int, dict[str, int], dict[str, int]]]:
    """Rows whose tallies are not those of the slow count."""
    found = []
    for row in HouseholdYear.objects.select_related("household"):
        expected = count_members(row)
        if kept(row) != expected:
            found.append((row.household_id, kept(row), expected))
    return found
