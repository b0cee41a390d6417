"""What each staged row would change, field by field, by one query a format.

A row about something that the register does not hold at all has no differences (`diff` is NULL):
all its values are new.

`values` is written like `to_jsonb` of the target's row, so the comparison is the same for every
column: keys whose value differs. A filling column counts only where the register knows nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from exchange.formats import FORMATS, Use
from exchange.models import Import
from exchange.queries import households_missing, members_missing
from exchange.resolving import parameters, plan_for_many_rows

_TALLIES = (
    "status", "members", "school_age", "out_of_school", "school_unknown", "uninsured", "insurance_unknown",
    "seriously_ill", "ill_without_relief", "ill_relief_unknown", "closed",
)  # fmt: skip
_FRAME = ("id", "county", "household_id", "person_id", "village_id", "year", "version", *_TALLIES)


def _differing(part: str, old: str, fills: str) -> str:
    """The fields of a part that differ from `old`, as {field: [before, after]}; NULL when none."""
    return f"""(
        SELECT jsonb_object_agg(e.key, jsonb_build_array(COALESCE({old} -> e.key, 'null'), e.value))
        FROM jsonb_each(s.values -> '{part}') e
        WHERE COALESCE({old} -> e.key, 'null') IS DISTINCT FROM e.value
          AND (e.key <> ALL({fills}) OR COALESCE({old} -> e.key, 'null') = 'null'))"""


def _fills(sheet: str, part: str) -> str:
    names = [c.field for c in FORMATS[sheet].columns if c.use == Use.FILLS and c.part == part]
    return f"'{{{','.join(names)}}}'::text[]"


def _secrets(**old: str) -> str:
    """Which sealed values differ by their keyed hash, as {field: true}."""
    pairs = ", ".join(
        f"""'{name}', CASE WHEN s.secrets ? '{name}'
            AND COALESCE(encode({alias}.keyed_hash, 'hex'), '') <> COALESCE(s.secrets #>> '{{{name},hash}}', '')
            THEN true END"""
        for name, alias in old.items()
    )
    return f"NULLIF(jsonb_strip_nulls(jsonb_build_object({pairs})), '{{}}')"


def _pair(condition: str, before: str, after: str, field: str) -> str:
    return f"""CASE WHEN {condition} THEN jsonb_build_object('{field}', jsonb_build_array({before}, {after})) END"""


# A yearly row that was opened and never filled counts as new.
_UNTOUCHED = f"""(y.id IS NULL OR (y.version = 1 AND NOT EXISTS (
    SELECT FROM jsonb_each(yj.facts - '{{{",".join(_FRAME)}}}'::text[]) f WHERE f.value <> 'null')))"""


def _once(*aliases: str) -> str:
    """The rows as JSON, each made once; without OFFSET the planner would make it anew for every field."""
    return " ".join(
        f"LEFT JOIN LATERAL (SELECT to_jsonb({alias}) AS facts OFFSET 0) {alias}j ON true"
        for alias in aliases
    )


_YEAR_OF_HOUSEHOLD = """LEFT JOIN households_householdyear y
    ON y.county = %(county)s AND y.household_id = s.household_id AND y.year = s.year"""
_HOUSEHOLD = "LEFT JOIN households_household h ON h.id = s.household_id"

_COMPARISONS: dict[str, dict[str, Any]] = {
    "households": {
        "diff": {
            "household": _differing("household", "hj.facts", "'{}'::text[]"),
            "group": _pair(
                "s.values -> 'group' ->> 'name' IS NOT NULL AND s.values -> 'group' ->> 'name' IS DISTINCT FROM g.name",
                "g.name",
                "s.values -> 'group' ->> 'name'",
                "name",
            ),
            "status": _pair(
                "s.values -> 'status' ->> 'status' IS DISTINCT FROM st.status AND s.values -> 'status' ? 'status'",
                "st.status",
                "s.values -> 'status' ->> 'status'",
                "status",
            ),
            "household_year": _differing(
                "household_year", "yj.facts", _fills("households", "household_year")
            ),
            "secrets": _secrets(phone="phone"),
        },
        "versions": {"household": "h.version", "household_year": "y.version", "status": "st.id"},
        "new": "h.id IS NULL",
        "wholly_new": "h.id IS NULL",
        "joins": f"""{_HOUSEHOLD} {_YEAR_OF_HOUSEHOLD}
            LEFT JOIN areas_area g ON g.id = h.group_id
            LEFT JOIN core_secret phone ON phone.id = h.phone_id
            LEFT JOIN (
                SELECT DISTINCT ON (household_id) household_id, id, status FROM households_householdstatus
                WHERE from_day <= make_date(%(year)s, 1, 1)
                ORDER BY household_id, from_day DESC) st ON st.household_id = h.id
            {_once("h", "y")}""",
    },
    "household_years": {
        "diff": {
            "household": _differing("household", "hj.facts", "'{}'::text[]"),
            "household_year": _differing(
                "household_year", "yj.facts", _fills("household_years", "household_year")
            ),
            "secrets": _secrets(bank_account="account"),
        },
        "versions": {"household": "h.version", "household_year": "y.version"},
        "new": _UNTOUCHED,
        "wholly_new": "h.id IS NULL",
        "joins": f"""{_HOUSEHOLD} {_YEAR_OF_HOUSEHOLD}
            LEFT JOIN core_secret account ON account.id = h.bank_account_id {_once("h", "y")}""",
    },
    "persons": {
        "diff": {
            "person": _differing("person", "pj.facts", "'{}'::text[]"),
            "person_year": _differing("person_year", "yj.facts", "'{}'::text[]"),
            "membership": f"""NULLIF(
                COALESCE({_differing("membership", "mj.facts", "'{}'::text[]")}, '{{}}')
                || COALESCE({
                _pair(
                    "m.household_id IS DISTINCT FROM s.household_id OR m.id IS NULL",
                    "mh.number",
                    "s.key",
                    "household",
                )
            }, '{{}}'), '{{}}')""",
            "secrets": _secrets(id_number="identity", disability_card="card"),
        },
        "versions": {"person": "p.version", "person_year": "y.version", "membership": "m.version"},
        "new": "p.id IS NULL",
        "wholly_new": "p.id IS NULL",
        "joins": f"""LEFT JOIN households_person p ON p.id = s.person_id
            LEFT JOIN households_membership m ON m.person_id = p.id AND m.to_day IS NULL
            LEFT JOIN households_household mh ON mh.id = m.household_id
            LEFT JOIN households_personyear y ON y.county = %(county)s AND y.person_id = p.id AND y.year = s.year
            LEFT JOIN core_secret identity ON identity.id = p.id_number_id
            LEFT JOIN core_secret card ON card.id = p.disability_card_id {_once("p", "m", "y")}""",
    },
}
for _code in ("villages", "village_years"):
    _COMPARISONS[_code] = {
        "diff": {"village_year": _differing("village_year", "yj.facts", _fills(_code, "village_year"))},
        "versions": {"village_year": "y.version"},
        "new": _UNTOUCHED,
        "wholly_new": "false",
        "joins": f"""LEFT JOIN villages_villageyear y
            ON y.county = %(county)s AND y.village_id = s.village_id AND y.year = s.year {_once("y")}""",
    }


def _statement(code: str) -> str:
    comparison = _COMPARISONS[code]
    diff = ", ".join(f"'{part}', {sql}" for part, sql in comparison["diff"].items())
    versions = ", ".join(f"'{part}', {sql}" for part, sql in comparison["versions"].items())
    return f"""
    WITH written AS (
        UPDATE exchange_stagedrow t
        SET diff = c.diff, versions = c.versions,
            state = CASE WHEN c.is_new THEN 'new' WHEN c.diff = '{{}}' THEN 'unchanged' ELSE 'changed' END
        FROM (
            SELECT s.id, s.state AS shown_state, s.diff AS shown_diff,
                   CASE WHEN {comparison["wholly_new"]} THEN NULL
                        ELSE jsonb_strip_nulls(jsonb_build_object({diff})) END AS diff,
                   CASE WHEN NOT {comparison["wholly_new"]} THEN jsonb_build_object({versions}) END AS versions,
                   {comparison["new"]} AS is_new
            FROM exchange_stagedrow s {comparison["joins"]}
            WHERE s.source_id = %(source)s AND s.format = '{code}' AND s.state = ANY(%(states)s)
        ) AS c
        WHERE t.id = c.id AND (t.state = 'staged' OR (t.diff, t.versions) IS DISTINCT FROM (c.diff, c.versions))
        RETURNING t.id, c.shown_state <> 'staged' AND t.state IN ('new', 'changed')
            AND (c.shown_state, c.shown_diff) IS DISTINCT FROM (t.state, t.diff) AS differs
    )
    SELECT id FROM written WHERE differs
    """


STATEMENTS = {code: _statement(code) for code in FORMATS}


ACCEPTED = ("staged", "new", "changed", "unchanged")


def compare(source: Import, states: Sequence[str] = ACCEPTED) -> list[int]:
    """Compare the rows in these states with the register and note what would change.

    Return the rows that would now write something else than at an earlier comparison.
    """
    plan_for_many_rows(source)
    differing = []
    with connection.cursor() as cursor:
        for statement in STATEMENTS.values():
            cursor.execute(statement, parameters(source) | {"states": list(states)})
            differing += [row_id for (row_id,) in cursor.fetchall()]
    return differing


_COUNT = """
UPDATE exchange_importsheet sh
SET rows_read = c.read, new = c.new, changed = c.changed, unchanged = c.unchanged, refused = c.refused,
    left_out = c.left_out, warned = c.warned
FROM (
    SELECT sheet_id, count(*) AS read,
        count(*) FILTER (WHERE state = 'new') AS new,
        count(*) FILTER (WHERE state = 'changed') AS changed,
        count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE state = 'refused') AS refused,
        count(*) FILTER (WHERE state = 'left_out') AS left_out,
        count(*) FILTER (WHERE state <> 'refused' AND notes <> '[]') AS warned
    FROM exchange_stagedrow WHERE source_id = %(source)s GROUP BY sheet_id
) AS c
WHERE sh.id = c.sheet_id
"""


_COUNT_FIELDS = """
SELECT count(*) FROM exchange_stagedrow s, jsonb_each(s.diff) part, jsonb_each(part.value) field
WHERE s.source_id = %(source)s AND s.state = 'changed'
"""


def count_rows(source: Import) -> None:
    """Write the counts of every sheet (read = new + changed + unchanged + refused + left out) and of the import."""
    plan_for_many_rows(source)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"source": source.pk})
        cursor.execute(_COUNT_FIELDS, {"source": source.pk})
        source.fields_changed = cursor.fetchone()[0]
    source.missing_households = households_missing(source).count()
    source.missing_members = members_missing(source).count()
    source.save(update_fields=["fields_changed", "missing_households", "missing_members"])
