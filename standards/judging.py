"""Judge an area in the database: one statement, one result row a subject, only what changed.

The SELECT is built by the ORM from the measures of the version, so every threshold is bound as a
parameter. Around it stands one statement that moves the old image of each row that changes to the
history and writes the new one.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, F, FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce

from households.codes import POOR_STATUSES
from households.models import Household, HouseholdYear
from standards.measures import measure_of
from standards.measures.base import Hand
from standards.measures.household import net_income, persons
from standards.models import Assessment, Criterion, HouseholdResult, StandardVersion, Subject
from standards.outcomes import WHOLE, Outcome, all_of, as_outcome, skipped_when_unknown
from villages.models import VillageYear

_SMALL = models.SmallIntegerField()
# Of one sort or hash while an area is judged: enough for a county without files beside the tables.
_AREA_MEMORY = "64MB"


@dataclass(frozen=True)
class Target:
    """Where the results of a subject go."""

    standing: str
    history: str
    trial: str
    key: str
    figures: tuple[str, ...]


TARGETS = {
    Subject.HOUSEHOLD: Target(
        "standards_householdresult",
        "standards_householdresulthistory",
        "standards_householdtrialresult",
        "household_id",
        ("net_income", "persons"),
    ),
    Subject.VILLAGE: Target(
        "standards_villageresult",
        "standards_villageresulthistory",
        "standards_villagetrialresult",
        "village_id",
        ("poor_persons", "staying_persons", "population"),
    ),
}


def gate(criterion: Criterion, condition: Any) -> Any:
    """The condition as it enters its indicator: an unknown fact gates, or is skipped."""
    skipped = criterion.unknown == Criterion.Unknown.WHEN_RECORDED
    return skipped_when_unknown(condition) if skipped else condition


def _array(expressions: list[Any], base: models.Field, cast: str) -> Func:
    return Func(*expressions, template=f"ARRAY[%(expressions)s]::{cast}[]", output_field=ArrayField(base))


def result_columns(version: StandardVersion, year: int) -> dict[str, Any]:
    """The expressions of a result row for this version and year, by column."""
    indicator_conditions: list[Any] = []
    criterion_outcomes: list[Any] = []
    parts: list[Any] = []
    for indicator in version.indicator_list():
        gates = []
        for criterion in indicator.criterion_list():
            measure = measure_of(version.subject, criterion.measure)
            condition = measure.condition(criterion, year)
            criterion_outcomes.append(as_outcome(condition, unknown=_when_unknown(criterion)))
            parts += measure.part_expressions(criterion)
            if criterion.gating:
                gates.append(gate(criterion, condition))
        if indicator.gating:
            indicator_conditions.append(all_of(*gates))
    return {
        "judged_verdict": as_outcome(all_of(*indicator_conditions)),
        "judged_outcomes": _array([as_outcome(c) for c in indicator_conditions], _SMALL, "smallint"),
        "judged_criteria": _array(criterion_outcomes, _SMALL, "smallint"),
        "judged_values": _array(parts, models.BigIntegerField(null=True), "bigint"),
    }


def _when_unknown(criterion: Criterion) -> Outcome:
    skipped = criterion.unknown == Criterion.Unknown.WHEN_RECORDED
    return Outcome.NOT_ASKED if skipped else Outcome.NO_DATA


def with_judgements(facts: QuerySet, version: StandardVersion, year: int) -> QuerySet:
    """Yearly facts joined with what people judged; as they are when the version asks for nothing by hand."""
    path = f"{version.subject}__judgements"
    relations = {
        Hand.relation(criterion): FilteredRelation(
            path,
            condition=Q(
                **{f"{path}__year": year, f"{path}__standard": version.code, f"{path}__item": criterion.item}
            ),
        )
        for criterion in version.criterion_list()
        if criterion.measure == Hand.code
    }
    return facts.alias(**relations) if relations else facts


def judged_households(facts: QuerySet, version: StandardVersion, year: int) -> QuerySet:
    """Rows of yearly facts with verdict, outcomes, values and figures; runs nothing."""
    excluded: list[str] = next(
        (c.excluded_items for c in version.criterion_list() if c.measure == "per_capita_income"), []
    )
    return with_judgements(facts.order_by(), version, year).annotate(
        **result_columns(version, year),
        judged_net_income=net_income(excluded),
        judged_persons=Cast(persons(), models.IntegerField(null=True)),
    )


def with_register_counts(facts: QuerySet) -> QuerySet:
    """Village years with `poor_persons` and `staying_persons`, counted from the register.

    Poor: members of households whose status of the year is one of the four, unless the household
    was cancelled by the end of the year; staying: those of them whose household's verdict is not
    met (`exact_rules.md` 2).
    """
    poor = HouseholdYear.objects.filter(
        Q(household__cancelled_on=None) | Q(household__cancelled_on__year__gt=OuterRef("year")),
        village=OuterRef("village"),
        year=OuterRef("year"),
        status__in=POOR_STATUSES,
    )
    eligible = HouseholdResult.objects.filter(
        county=OuterRef("county"),
        household=OuterRef("household"),
        year=OuterRef("year"),
        verdict=Outcome.MET,
    )
    return facts.annotate(
        poor_persons=_members(poor),
        staying_persons=_members(poor.filter(~Exists(eligible))),
    )


def _members(rows: QuerySet) -> Any:
    total = rows.order_by().values("village").annotate(total=Sum("members")).values("total")
    return Coalesce(Subquery(total), Value(0), output_field=WHOLE)


def judged_villages(facts: QuerySet, version: StandardVersion, year: int) -> QuerySet:
    """Rows of yearly facts with verdict, outcomes, values and figures; runs nothing."""
    whole = models.IntegerField(null=True)
    return (
        with_judgements(with_register_counts(facts.order_by()), version, year)
        .annotate(**result_columns(version, year))
        .annotate(
            judged_poor_persons=Cast(F("poor_persons"), whole),
            judged_staying_persons=Cast(F("staying_persons"), whole),
            judged_population=Coalesce(F("population"), F("register_population")),
        )
    )


def judged(version: StandardVersion, year: int, facts: QuerySet | None = None) -> QuerySet:
    """The judged facts of the version's subject in `year`, of all counties unless narrowed."""
    if version.subject == Subject.HOUSEHOLD:
        rows = HouseholdYear.objects.all() if facts is None else facts
        return judged_households(rows.filter(year=year), version, year)
    rows = VillageYear.objects.all() if facts is None else facts
    return judged_villages(rows.filter(year=year), version, year)


def write_results(assessment: Assessment, facts: QuerySet, *, alone: bool = False) -> tuple[int, int]:
    """Judge `facts` by the assessment's version; return how many rows were judged and changed.

    `alone`: nobody else writes results of the county meanwhile, so no row is asked for twice.
    ValueError for a closed assessment: it is never judged again.
    """
    if assessment.closed_at is not None:
        raise ValueError(f"Assessment {assessment.pk} is closed.")
    version = assessment.version
    target = TARGETS[Subject(version.subject)]
    columns = [
        "county",
        target.key,
        "year",
        "judged_verdict",
        "judged_outcomes",
        "judged_criteria",
        "judged_values",
        *[f"judged_{figure}" for figure in target.figures],
    ]
    rows = judged(version, assessment.year, facts).values_list(*columns)
    select, params = rows.query.sql_with_params()
    statement = _statement_alone(target) if alone else _statement(target)
    if assessment.trial:
        statement = _trial_statement(target)
    with connection.cursor() as cursor:
        if alone:
            cursor.execute("SELECT set_config('work_mem', %s, true)", [_AREA_MEMORY])
        cursor.execute(
            statement % {"select": select},
            [*params, assessment.pk, version.pk],
        )
        judged_count, changed = cursor.fetchone()
    return judged_count, changed


def _columns(target: Target) -> tuple[list[str], list[str]]:
    figures = list(target.figures)
    keys = ["county", target.key, "year"]
    content = ["verdict", "outcomes", "criteria", '"values"', *figures]
    return keys, content


def _statement(target: Target) -> str:
    """Judge, move the old images of changed rows to the history, upsert the changed rows."""
    keys, content = _columns(target)
    named = ", ".join([*keys, *content])
    is_key = " AND ".join(f"o.{key} = f.{key}" for key in keys)
    old = ", ".join(f"o.{column}" for column in content)
    new = ", ".join(f"f.{column}" for column in content)
    kept = ", ".join([*keys, *content, "doubts", "since", "assessment_id", "version_id"])
    moved = ", ".join(
        [
            *[f"o.{column}" for column in [*keys, *content]],
            "o.doubts",
            "o.since",
            "o.assessment_id",
            "o.version_id",
        ]
    )
    sets = ", ".join(
        f"{column} = EXCLUDED.{column}" for column in [*content, "since", "assessment_id", "version_id"]
    )
    stored = ", ".join(f"r.{column}" for column in content)
    excluded = ", ".join(f"EXCLUDED.{column}" for column in content)
    return f"""
    WITH fresh ({named}) AS MATERIALIZED (%(select)s),
    run (assessment_id, version_id) AS (VALUES (%%s::bigint, %%s::bigint)),
    differing AS (
        SELECT f.* FROM fresh f CROSS JOIN run LEFT JOIN {target.standing} o ON {is_key}
        WHERE o.year IS NULL OR ({old}, o.version_id) IS DISTINCT FROM ({new}, run.version_id)
    ),
    moved AS (
        INSERT INTO {target.history} ({kept}, until)
        SELECT {moved}, statement_timestamp()
        FROM {target.standing} o JOIN differing f ON {is_key}
        ON CONFLICT DO NOTHING
    ),
    written AS (
        INSERT INTO {target.standing} AS r ({kept})
        SELECT f.*, 0, statement_timestamp(), run.assessment_id, run.version_id FROM differing f, run
        ON CONFLICT (county, {target.key}, year) DO UPDATE SET {sets}
        WHERE ({stored}, r.version_id) IS DISTINCT FROM ({excluded}, EXCLUDED.version_id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM written)
    """


def _statement_alone(target: Target) -> str:
    """The same for a run that has the county's results to itself: insert what lacks, update what differs.

    Without ON CONFLICT no key is looked up before it is written, and the old images come along with
    the comparison (`docs/decisions/0012-an-area-run-inserts-and-updates.md`).
    """
    keys, content = _columns(target)
    named = ", ".join([*keys, *content])
    kept = [*content, "doubts", "since", "assessment_id", "version_id"]
    carried = ", ".join(f"o.{column} AS {_old(column)}" for column in ["year", *kept])
    same_key = " AND ".join(f"o.{key} = f.{key}" for key in keys)
    stored = ", ".join(f"o.{column}" for column in content)
    judged_now = ", ".join(f"f.{column}" for column in content)
    own_row = " AND ".join(f"r.{key} = d.{key}" for key in keys)
    return f"""
    WITH fresh ({named}) AS MATERIALIZED (%(select)s),
    run (assessment_id, version_id) AS (VALUES (%%s::bigint, %%s::bigint)),
    differing AS MATERIALIZED (
        SELECT f.*, {carried} FROM fresh f CROSS JOIN run LEFT JOIN {target.standing} o ON {same_key}
        WHERE o.year IS NULL OR ({stored}, o.version_id) IS DISTINCT FROM ({judged_now}, run.version_id)
    ),
    moved AS (
        INSERT INTO {target.history} ({", ".join([*keys, *kept])}, until)
        SELECT {", ".join([*keys, *map(_old, kept)])}, statement_timestamp()
        FROM differing WHERE old_year IS NOT NULL
    ),
    updated AS (
        UPDATE {target.standing} r SET {", ".join(f"{column} = d.{column}" for column in content)},
            since = statement_timestamp(), assessment_id = run.assessment_id, version_id = run.version_id
        FROM differing d, run WHERE {own_row} AND d.old_year IS NOT NULL
        RETURNING 1
    ),
    added AS (
        INSERT INTO {target.standing} ({", ".join([*keys, *kept])})
        SELECT {named}, 0, statement_timestamp(), run.assessment_id, run.version_id
        FROM differing, run WHERE old_year IS NULL
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM fresh),
        (SELECT count(*) FROM updated) + (SELECT count(*) FROM added)
    """


def _old(column: str) -> str:
    return "old_" + column.strip('"')


def _trial_statement(target: Target) -> str:
    keys, content = _columns(target)
    named = ", ".join([*keys, *content])
    return f"""
    WITH fresh ({named}) AS MATERIALIZED (%(select)s),
    run (assessment_id, version_id) AS (VALUES (%%s::bigint, %%s::bigint)),
    written AS (
        INSERT INTO {target.trial} ({named}, doubts, since, assessment_id, version_id)
        SELECT f.*, 0, statement_timestamp(), run.assessment_id, run.version_id FROM fresh f, run
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM written)
    """


def facts_within(subject: str, prefix: str) -> QuerySet:
    """The yearly facts of the area with this code prefix, of valid households only."""
    if subject == Subject.HOUSEHOLD:
        rows = HouseholdYear.objects.filter(household__cancelled_on=None)
        if len(prefix) == 6:
            return rows.filter(county=int(prefix))
        return rows.filter(household__in=_households_within(prefix))
    return VillageYear.objects.within(prefix).filter(village__area__valid_to=None)


def _households_within(prefix: str) -> QuerySet:
    return Household.objects.within(prefix).order_by().values("pk")
