"""The members' tallies of a generated household, counted while its people are at hand.

The database counts the same when members change (`0002_triggers`); counting 200,000 households
again there would take longer than drawing them. A test holds both against a slow count.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from households.codes import DropoutReason, Health, SchoolStatus
from households.generation.families import Member
from households.models.year import TALLIES

NAMES = TALLIES[1:]


def count(members: Iterable[tuple[Member, dict[str, Any]]], year: int) -> dict[str, int]:
    """The tallies of the members of 31 December with their yearly facts."""
    tallies = dict.fromkeys(NAMES, 0)
    youngest, eldest = date(year - 6, 9, 1), date(year - 16, 9, 1)
    for member, facts in members:
        tallies["members"] += 1
        if eldest < member.birth_date <= youngest:
            _count_schooling(tallies, facts)
        insured = facts["medical_insurance"]
        if not insured:
            tallies["insurance_unknown" if insured is None else "uninsured"] += 1
        if Health.SERIOUS.value in (facts["health"] or ()):
            tallies["seriously_ill"] += 1
            relief = facts["serious_illness_relief"]
            if not relief:
                tallies["ill_relief_unknown" if relief is None else "ill_without_relief"] += 1
    return tallies


def _count_schooling(tallies: dict[str, int], facts: dict[str, Any]) -> None:
    tallies["school_age"] += 1
    school = facts["school_status"]
    excused = facts.get("dropout_reason") not in (None, DropoutReason.POVERTY)
    if school is None:
        tallies["school_unknown"] += 1
    elif school == SchoolStatus.NOT_ENROLLED and not excused:
        tallies["out_of_school"] += 1
