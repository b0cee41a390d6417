"""The page of a household as the system knew it at the end of a day (`decisions.md` 25).

Facts, members and judgements by hand are the row images of that day, the verdict is the stored result
of that day with its version; nothing is judged again.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.clock import day_of_judgement, end_of
from core.models import Secret
from core.recalled import Recall
from desk.queries.by_hand import HandItem
from desk.queries.facts import FactTable, facts_by_year
from desk.queries.household import HouseholdPage, Member
from desk.queries.households import per_capita
from households.codes import Relation
from households.models import (
    Household,
    HouseholdStatus,
    HouseholdYear,
    Membership,
    Person,
    PersonYear,
)
from standards.as_of import doubts_at, results_at
from standards.by_hand import hand_items
from standards.explanation import Explanation
from standards.income import Step, half_up, income_steps
from standards.models import HouseholdJudgement, Subject
from villages.models import Village

Key = tuple[Any, ...]


def open_on(membership: Membership, day: date) -> bool:
    """Whether the membership holds on `day`."""
    return membership.from_day <= day and (membership.to_day is None or membership.to_day > day)


@dataclass
class HouseholdThen(HouseholdPage):
    """The household at the end of `day`; `household` is the row of that day, today's when unknown."""

    day: date = date.min
    known: bool = True
    first_known: datetime | None = None
    in_bulk: bool = False
    recall: Any = None
    memberships: list[Membership] = field(default_factory=list)
    # What is another one today, by key (desk.queries.differing).
    differing: frozenset[Key] = frozenset()
    # Labels of the lines of the income that are others today.
    differing_steps: frozenset[str] = frozenset()

    @cached_property
    def results(self) -> dict[int, Any]:
        assert self.moment is not None
        return results_at(self.household, self.household.county, self.moment)

    @cached_property
    def explanation(self) -> Explanation | None:
        found = super().explanation
        return replace(found, doubts=len(self._doubts)) if found else None

    @cached_property
    def _doubts(self) -> list[str]:
        rows = doubts_at(self.recall, Subject.HOUSEHOLD, self.household.pk)
        return [doubt.indicator for doubt in rows if doubt.year == self.year]

    @cached_property
    def doubts(self) -> set[str]:
        return set(self._doubts)

    @cached_property
    def steps(self) -> list[Step]:
        """The items as they stood; sum, divisor and quotient are those that were judged."""
        return steps_as_judged(income_steps(self.facts, self.result), self.result)

    @cached_property
    def members(self) -> list[Member]:
        day = day_of_judgement(self.year, self.day) if self.year else self.day
        held = [membership for membership in self.memberships if open_on(membership, day)]
        held.sort(key=lambda m: (m.relation is None, m.relation or "", m.pk))
        people = [membership.person_id for membership in held]
        ids = PersonYear.objects.filter(person__in=people, year=self.year).values_list("pk", flat=True)
        facts = {row.person_id: row for row in self.recall.rows(PersonYear, ids).values()}
        return [Member(membership, facts.get(membership.person_id)) for membership in held]

    @cached_property
    def table(self) -> FactTable:
        table = facts_by_year(self)
        return tinted(table, self.differing)

    @cached_property
    def hand_items(self) -> list[HandItem]:
        ids = HouseholdJudgement.objects.filter(household=self.household.pk).values_list("pk", flat=True)
        return items_then(self, self.recall.rows(HouseholdJudgement, ids).values())

    @property
    def differing_people(self) -> set[int]:
        return {key[1] for key in self.differing if key[0] == "member"}

    @property
    def differing_indicators(self) -> set[str]:
        return {key[1] for key in self.differing if key[0] == "indicator"}


def steps_as_judged(steps: list[Step], result: Any) -> list[Step]:
    """The income step by step with the sums of the stored result in place of new ones."""
    if result is None:
        return steps
    each = per_capita(result)
    stored = {
        "sum": result.net_income,
        "divisor": None if result.persons is None else Decimal(result.persons),
        "result": None if each is None else half_up(each),
    }
    return [replace(step, amount=stored[step.kind]) if step.kind in stored else step for step in steps]


def items_then(page: Any, judgements: Any) -> list[HandItem]:
    """The items of the version of that day with the judgements that stood."""
    if page.explanation is None:
        return []
    version = page.explanation.version
    standing = {j.item: j for j in judgements if (j.standard, j.year) == (version.code, page.year)}
    return [HandItem(item, standing.get(item.item), None) for item in hand_items(version)]


def tinted(table: FactTable, differing: frozenset[Key]) -> FactTable:
    """The table with the years marked whose value is another one today."""

    def places(name: str) -> frozenset[int]:
        years = enumerate(table.years)
        return frozenset(place for place, year in years if ("fact", year, name) in differing)

    rows = [replace(row, differing=places(row.name)) for row in table.rows]
    return FactTable(table.years, table.closed, rows)


def household_then(user: Any, household: Household, year: int | None, day: date) -> HouseholdThen:
    """The household at the end of `day`: the year asked when it stood then, else the last one."""
    moment = end_of(day)
    recall = Recall(moment, household.county)
    row = recall.rows(Household, [household.pk]).get(household.pk)
    page = HouseholdThen(user, row or household, 0, [], moment, day, known=row is not None, recall=recall)
    if row is None:
        page.first_known = recall.first_known(Household, household.pk)
        page.in_bulk = recall.bulk is not None and page.first_known == recall.bulk.at
        years = set(page.results)
    else:
        page.memberships = _memberships(recall, household)
        statuses = _statuses(recall, household)
        page.years = _years(recall, page, statuses)
        _complete(row, household, page.memberships, statuses)
        years = {stood.year for stood in page.years}
    page.year = year if year in years else max(years, default=0)
    return page


def _memberships(recall: Recall, household: Household) -> list[Membership]:
    """Every membership known then, with its person and the person's secrets."""
    ids = Membership.objects.filter(household=household.pk).values_list("pk", flat=True)
    found = [m for m in recall.rows(Membership, ids).values() if m.household_id == household.pk]
    people = recall.rows(Person, [membership.person_id for membership in found])
    kept = [key for p in people.values() for key in (p.id_number_id, p.disability_card_id) if key]
    secrets = Secret.objects.in_bulk(kept)
    for person in people.values():
        person.id_number = secrets.get(person.id_number_id)
        person.disability_card = secrets.get(person.disability_card_id)
    known = [membership for membership in found if membership.person_id in people]
    for membership in known:
        membership.person = people[membership.person_id]
    return known


def _statuses(recall: Recall, household: Household) -> list[HouseholdStatus]:
    """The dated statuses known then, the last first."""
    ids = HouseholdStatus.objects.filter(household=household.pk).values_list("pk", flat=True)
    return sorted(recall.rows(HouseholdStatus, ids).values(), key=lambda s: s.from_day, reverse=True)


def _years(recall: Recall, page: HouseholdThen, statuses: list[HouseholdStatus]) -> list[HouseholdYear]:
    """The yearly rows of that day; what the database derives is counted from the rows of that day."""
    kept = {row.pk: row for row in HouseholdYear.objects.filter(household=page.household.pk)}
    years = sorted(recall.rows(HouseholdYear, kept).values(), key=lambda row: row.year)
    for row in years:
        if row.closed:
            # A closed year is not counted again.
            row.status, row.members = kept[row.pk].status, kept[row.pk].members
            continue
        last = date(row.year, 12, 31)
        row.members = sum(open_on(membership, last) for membership in page.memberships)
        row.status = next((s.status for s in statuses if s.from_day <= last), None)
    return years


def _complete(
    row: Household, today: Household, memberships: list[Membership], statuses: list[HouseholdStatus]
) -> None:
    """The status, the head's name and the village of that day."""
    row.status = statuses[0].status if statuses else None
    heads = [m for m in memberships if m.relation == Relation.HEAD and m.to_day is None]
    heads.sort(key=lambda m: (-m.from_day.toordinal(), m.pk))
    row.head_name = heads[0].person.name if heads else ""
    if row.village_id == today.village_id:
        row.village = today.village
    else:
        row.village = Village.objects.select_related("area__parent").get(pk=row.village_id)
