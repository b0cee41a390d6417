"""The usual way: prefetch the members, judge in Python, save one result after the other.

Written as an application would write it, with the rules of Henan 2016 in plain Python, so that the
set-wise statement has something honest to be compared with.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from households.models import Household, HouseholdYear, Membership, PersonYear
from standards.models import HouseholdResult
from standards.outcomes import Outcome

LINE = Decimal(2952)
PARTS = ("family_planning", "dibao", "wubao", "pension", "ecology", "other_transfer")


def judge_row_by_row(household_ids: list[int], year: int, assessment: Any) -> int:
    """Judge and save these households one by one; return how many."""
    members = Membership.objects.filter(to_day=None).select_related("person")
    facts = PersonYear.objects.filter(year=year)
    households = Household.objects.filter(pk__in=household_ids).prefetch_related(
        Prefetch("years", HouseholdYear.objects.filter(year=year)),
        Prefetch("memberships", members),
        Prefetch("memberships__person__years", facts),
    )
    count = 0
    for household in households.iterator(chunk_size=500):
        _judge(household, year, assessment)
        count += 1
    return count


def _judge(household: Household, year: int, assessment: Any) -> None:
    row = household.years.all()[0]
    members = [(one.person, next(iter(one.person.years.all()), None)) for one in household.memberships.all()]
    net = _net_income(row)
    persons = row.persons or len(members)
    answers = [
        _income(row, net, persons),
        _all([_in_school(person, facts, year) for person, facts in members]),
        _medical([facts for _person, facts in members]),
        _all([_safe_house(row), row.own_dwelling is not False]),
    ]
    HouseholdResult.objects.update_or_create(
        county=household.county,
        household_id=household.pk,
        year=year,
        defaults={
            "verdict": _outcome(_all(answers)),
            "outcomes": [_outcome(answer) for answer in answers],
            "criteria": [_outcome(answer) for answer in answers],
            "values": [int(net * 100) if net is not None else None, persons],
            "net_income": net,
            "persons": persons,
            "since": timezone.now(),
            "assessment_id": assessment.pk,
            "version_id": assessment.version_id,
        },
    )


def _outcome(answer: bool | None) -> int:
    return Outcome.NO_DATA if answer is None else Outcome.MET if answer else Outcome.NOT_MET


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _net_income(row: HouseholdYear) -> Decimal | None:
    transfer = row.transfer
    if transfer is None:
        parts = [getattr(row, name) for name in PARTS]
        transfer = None if None in parts else sum(parts)
    items = [row.wage, row.operating, row.property_income, transfer]
    if None in items or row.operating_cost is None:
        return None
    return sum(items) - row.operating_cost


def _income(row: HouseholdYear, net: Decimal | None, persons: int) -> bool | None:
    asked = [row.food_secure, row.clothing_secure, row.stable_source, row.safe_water]
    above = None if net is None else net > LINE * persons
    return _all([above, *[answer is not False for answer in asked]])


def _in_school(person: Any, facts: PersonYear | None, year: int) -> bool | None:
    born = person.birth_date
    if born is None or not date(year - 16, 9, 1) < born <= date(year - 6, 9, 1):
        return True
    if facts is None or facts.school_status is None:
        return None
    return facts.school_status != "01" or facts.dropout_reason not in (None, "01")


def _medical(facts: list[PersonYear | None]) -> bool | None:
    insured = _all([one.medical_insurance if one else None for one in facts]) if facts else None
    ill = [one.serious_illness_relief for one in facts if one and "03" in (one.health or [])]
    return _all([insured, _all(ill)])


def _safe_house(row: HouseholdYear) -> bool | None:
    if row.house_grade:
        return row.house_grade in ("1", "2")
    flag = row.dilapidated if row.dilapidated is not None else row.register_dilapidated
    return None if flag is None else not flag
