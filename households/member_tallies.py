"""The tallies of a household's members as the database counts them (`0002_triggers`), from values.

For facts that are not stored: a form under way. A test holds both against each other.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from households.codes import DropoutReason, Health, SchoolStatus
from households.models.year import TALLIES

MEMBER_TALLIES = TALLIES[1:]


def count_members(members: Iterable[Mapping[str, Any]], year: int) -> dict[str, int]:
    """The tallies of the members of 31 December.

    `members`: of each `birth_date`, `school_status`, `dropout_reason`, `health`,
    `medical_insurance` and `serious_illness_relief`; what is missing is unknown.
    """
    tallies = dict.fromkeys(MEMBER_TALLIES, 0)
    for member in members:
        tallies["members"] += 1
        _count_schooling(tallies, member, year)
        _count(tallies, member.get("medical_insurance"), "uninsured", "insurance_unknown")
        if Health.SERIOUS in (member.get("health") or ()):
            tallies["seriously_ill"] += 1
            _count(tallies, member.get("serious_illness_relief"), "ill_without_relief", "ill_relief_unknown")
    return tallies


def _count(tallies: dict[str, int], answer: bool | None, no: str, unknown: str) -> None:
    if not answer:
        tallies[unknown if answer is None else no] += 1


def _of_school_age(born: date | None, year: int) -> bool | None:
    return None if born is None else date(year - 16, 9, 1) < born <= date(year - 6, 9, 1)


def _count_schooling(tallies: dict[str, int], member: Mapping[str, Any], year: int) -> None:
    of_age, school = _of_school_age(member.get("birth_date"), year), member.get("school_status")
    excused = member.get("dropout_reason") not in (None, DropoutReason.POVERTY)
    out = school == SchoolStatus.NOT_ENROLLED and not excused
    if of_age:
        tallies["school_age"] += 1
        tallies["out_of_school"] += out
        tallies["school_unknown"] += school is None
    elif of_age is None:
        unclear = school is None or school == SchoolStatus.NOT_ENROLLED
        tallies["school_unknown"] += unclear and not excused
