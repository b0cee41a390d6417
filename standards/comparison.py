"""Compare two assessments: who flipped, from what to what, and because of which field or criterion."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.models import RowHistory
from core.scope import inside
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from standards.explanation import known_version
from standards.judging import TARGETS, Target
from standards.measures import HAND_TABLES, measure_of
from standards.measures.base import Hand
from standards.models import (
    Assessment,
    Criterion,
    HouseholdJudgement,
    StandardVersion,
    Subject,
    VillageJudgement,
)
from standards.outcomes import Outcome
from standards.sources import Source, source_of
from villages.models import Village, VillageYear

_FACTS: tuple[type[Model], ...] = (
    HouseholdYear,
    PersonYear,
    Person,
    Membership,
    HouseholdStatus,
    HouseholdJudgement,
    VillageYear,
    VillageJudgement,
)


@dataclass(frozen=True)
class Cause:
    """One field that changed between the two runs, or one criterion that is another now."""

    table: str
    column: str
    before: Any
    after: Any
    source: Source | None = None
    criterion: str = ""
    row_id: int = 0

    @property
    def label(self) -> str:
        """What the field is called on screen."""
        for model in _FACTS:
            if model._meta.db_table == self.table:
                name = self.column.removesuffix("_id")
                fields = {f.name: f for f in model._meta.get_fields() if hasattr(f, "verbose_name")}
                return str(fields[name].verbose_name) if name in fields else self.column
        return self.criterion or self.column


@dataclass
class Flip:
    """A subject whose verdict or an indicator came out differently.

    `criteria` are those that made the difference, `earlier` the same ones of the first run's version.
    """

    subject_id: int
    before: dict[str, str]
    after: dict[str, str]
    criteria: list[tuple[Criterion, Outcome, Outcome]] = field(default_factory=list)
    earlier: dict[tuple[str, str], Criterion] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)


def flips(first: Assessment, second: Assessment, user: Any) -> list[Flip]:
    """The subjects that `user` may see and that differ between the two runs, with their causes.

    ValidationError when the runs cannot be compared. Each run is taken as it stood when it ended.
    """
    if (first.subject, first.year) != (second.subject, second.year):
        raise ValidationError(_("Only two assessments of the same subject and year can be compared."))
    if first.finished_at is None or second.finished_at is None:
        raise ValidationError(_("An assessment that has not finished cannot be compared."))
    found = [_flip(row) for row in _differing(first, second, user)]
    if found:
        owners = _rows_of(first.subject, [flip.subject_id for flip in found], first.year)
        _name_causes(found, first, second, _changes(owners, first.finished_at, second.finished_at))
    return found


def _image(target: Target, assessment: Assessment) -> tuple[str, list[Any]]:
    """SQL for the rows as they stood when the assessment ended."""
    columns = f"county, {target.key} AS subject_id, year, verdict, outcomes, criteria, version_id"
    if assessment.trial:
        return f"SELECT {columns} FROM {target.trial} WHERE assessment_id = %s", [assessment.pk]
    sql = f"""
        SELECT {columns} FROM {target.standing} WHERE year = %s AND since <= %s
        UNION ALL
        SELECT {columns} FROM {target.history} WHERE year = %s AND since <= %s AND until > %s
    """
    moment = assessment.finished_at
    return sql, [assessment.year, moment, assessment.year, moment, moment]


def _differing(first: Assessment, second: Assessment, user: Any) -> list[tuple]:
    target = TARGETS[Subject(first.subject)]
    before, before_params = _image(target, first)
    after, after_params = _image(target, second)
    try:
        ids, id_params = _visible(first, second, user)
    except EmptyResultSet:  # no grant at all
        return []
    sql = f"""
        SELECT b.subject_id, b.version_id, b.verdict, b.outcomes, b.criteria,
               a.version_id, a.verdict, a.outcomes, a.criteria
        FROM ({before}) b JOIN ({after}) a USING (subject_id)
        WHERE (b.verdict, b.outcomes) IS DISTINCT FROM (a.verdict, a.outcomes)
          AND subject_id IN ({ids})
        ORDER BY subject_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*before_params, *after_params, *id_params])
        return cursor.fetchall()


def _visible(first: Assessment, second: Assessment, user: Any) -> tuple[str, tuple]:
    model = Household if first.subject == Subject.HOUSEHOLD else Village
    prefix = max(first.area.prefix, second.area.prefix, key=len)
    rows = model.objects.visible_to(user).filter(inside(model.AREA_CODE, prefix))
    return rows.order_by().values("pk").query.sql_with_params()


def _flip(row: tuple) -> Flip:
    subject_id, old_version, *old, new_version, new_verdict, new_outcomes, new_criteria = row
    old_verdict, old_outcomes, old_criteria = old
    before, after = _version(old_version), _version(new_version)
    flip = Flip(
        subject_id=subject_id,
        before=_named(before, old_verdict, old_outcomes),
        after=_named(after, new_verdict, new_outcomes),
    )
    first = {_key(c): (c, Outcome(o)) for c, o in zip(before.criterion_list(), old_criteria, strict=True)}
    for criterion, outcome in zip(after.criterion_list(), new_criteria, strict=True):
        _earlier, was = first.get(_key(criterion), (None, Outcome.NOT_ASKED))
        if criterion.gating and _effect(was) != _effect(outcome):
            flip.criteria.append((criterion, was, Outcome(outcome)))
    kept = {_key(criterion) for criterion in after.criterion_list()}
    for key, (criterion, was) in first.items():
        if key not in kept and criterion.gating and _effect(was) != Outcome.MET:
            flip.criteria.append((criterion, was, Outcome.NOT_ASKED))
    flip.earlier = {key: criterion for key, (criterion, _was) in first.items()}
    return flip


def _effect(outcome: int) -> Outcome:
    """What the outcome of a criterion does to its indicator: what nobody asked stands in no way."""
    return Outcome.MET if outcome == Outcome.NOT_ASKED else Outcome(outcome)


class _Pointer:
    def __init__(self, version_id: int):
        self.version_id = version_id


def _version(version_id: int) -> StandardVersion:
    return known_version(_Pointer(version_id))


def _key(criterion: Criterion) -> tuple[str, str]:
    by_hand = criterion.measure == Hand.code
    return criterion.indicator.code, criterion.item if by_hand else criterion.measure


def _named(version: StandardVersion, verdict: int, outcomes: list[int]) -> dict[str, str]:
    codes = [indicator.code for indicator in version.gating_indicators()]
    named = {code: Outcome(number).code for code, number in zip(codes, outcomes, strict=True)}
    return {**named, "verdict": Outcome(verdict).code}


def _name_causes(
    found: list[Flip], first: Assessment, second: Assessment, written: dict[int, list[Cause]]
) -> None:
    changed_standard = first.version_id != second.version_id
    for flip in found:
        causes: list[Cause] = []
        for criterion, _was, _now in flip.criteria:
            facts = measure_of(first.subject, criterion.measure).facts
            read = [cause for cause in written[flip.subject_id] if cause.column in facts.get(cause.table, ())]
            causes += [cause for cause in read if cause not in causes]
            if changed_standard and (other := _other_demand(flip, criterion, second)):
                causes.append(other)
        flip.causes = causes


def _other_demand(flip: Flip, criterion: Criterion, assessment: Assessment) -> Cause | None:
    """The criterion itself as a cause, where the two versions ask for different things."""
    measure = measure_of(assessment.subject, criterion.measure)
    earlier = flip.earlier.get(_key(criterion))
    is_left_out = earlier is criterion
    if earlier and not is_left_out and _asks(earlier, assessment) == _asks(criterion, assessment):
        return None
    before = measure.demand_text(earlier, assessment.year) if earlier else ""
    after = "" if is_left_out else measure.demand_text(criterion, assessment.year)
    return Cause("standards_criterion", criterion.measure, before, after, criterion=measure.name)


def _asks(criterion: Criterion, assessment: Assessment) -> tuple[Any, ...]:
    limit = criterion.limit(assessment.year)
    return criterion.operator, limit, criterion.unknown, criterion.gating, criterion.excluded_items


def _rows_of(subject: str, ids: list[int], year: int) -> dict[str, dict[int, list[int]]]:
    """The rows of facts behind these subjects: table → row → subjects."""
    if subject == Subject.VILLAGE:
        return _rows_of_villages(ids, year)
    members = Membership.objects.filter(household__in=ids)
    people = list(members.values_list("person_id", "household_id"))
    homes = defaultdict(list)
    for person_id, household_id in people:
        homes[person_id].append(household_id)
    person_years = PersonYear.objects.filter(person__in=homes, year=year).values_list("pk", "person_id")
    return {
        "households_householdyear": _owners(
            HouseholdYear.objects.filter(household__in=ids, year=year).values_list("pk", "household_id")
        ),
        "households_membership": _owners(members.values_list("pk", "household_id")),
        "households_person": homes,
        "households_personyear": {pk: homes[person_id] for pk, person_id in person_years},
        HAND_TABLES[Subject.HOUSEHOLD]: _owners(
            HouseholdJudgement.objects.filter(household__in=ids, year=year).values_list("pk", "household_id")
        ),
    }


def _rows_of_villages(ids: list[int], year: int) -> dict[str, dict[int, list[int]]]:
    facts = VillageYear.objects.filter(village__in=ids, year=year)
    homes = HouseholdYear.objects.filter(village__in=ids, year=year)
    village_of = dict(homes.values_list("household_id", "village_id"))
    members = Membership.objects.filter(household__in=homes.values("household"))
    statuses = HouseholdStatus.objects.filter(household__in=homes.values("household"))
    return {
        "villages_villageyear": _owners(facts.values_list("pk", "village_id")),
        HAND_TABLES[Subject.VILLAGE]: _owners(
            VillageJudgement.objects.filter(village__in=ids, year=year).values_list("pk", "village_id")
        ),
        "households_membership": {
            pk: [village_of[home]] for pk, home in members.values_list("pk", "household")
        },
        "households_householdstatus": {
            pk: [village_of[home]] for pk, home in statuses.values_list("pk", "household")
        },
    }


def _owners(pairs: Iterable[tuple[int, int]] | QuerySet) -> dict[int, list[int]]:
    return {row: [subject] for row, subject in pairs}


def _changes(
    owners: dict[str, dict[int, list[int]]], after: datetime, until: datetime
) -> dict[int, list[Cause]]:
    """Every column written between the two moments, by subject: as it was before, as it is after."""
    causes: dict[int, list[Cause]] = defaultdict(list)
    for table, rows in owners.items():
        history = (
            RowHistory.objects.filter(table=table, row_id__in=list(rows))
            .filter(change__at__gt=after, change__at__lte=until)
            .select_related("change")
            .order_by("pk")
        )
        for cause in _net(table, history):
            for subject in rows[cause.row_id]:
                causes[subject].append(cause)
    return causes


def _net(table: str, history: Iterable[RowHistory]) -> list[Cause]:
    """A column written several times is one cause, from the first value to the last change's."""
    found: dict[tuple[int, str], Cause] = {}
    for entry in history:
        for column, (before, now) in _written(entry).items():
            earlier = found.get((entry.row_id, column))
            first = before if earlier is None else earlier.before
            source = source_of(entry.change)
            found[entry.row_id, column] = Cause(table, column, first, now, source, row_id=entry.row_id)
    return [cause for cause in found.values() if cause.before != cause.after]


def _written(entry: RowHistory) -> dict[str, tuple[Any, Any]]:
    if entry.operation == RowHistory.Operation.UPDATE:
        return {column: (pair[0], pair[1]) for column, pair in (entry.changed or {}).items()}
    return {column: (None, value) for column, value in (entry.image or {}).items() if value is not None}
