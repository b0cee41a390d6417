"""Which household, person and village each staged row is about, set-wise; and what that refuses.

Statements run in this order on all sheets together, so the order of the files does not matter. A row
that was refused by a statement takes no part in the following ones.
"""

from typing import Any

from django.db import connection

from exchange.models import Import, StagedRow

MANY_ROWS = 2_000
MEMORY_OF_MANY = "48MB"

# A refusal or a note as `exchange.rows.remark` writes it; the column is found by its target later.
_REMARK = """jsonb_build_array(jsonb_build_object(
    'code', {code}, 'value', {value}, 'target', {target}, 'params', {params}))"""


def _remark(code: str, params: str = "'{}'::jsonb", target: str = "row.number", value: str = "s.key") -> str:
    return _REMARK.format(code=code, params=params, target=f"'{target}'", value=value)


def _refuse(remark: str, source: str, where: str) -> str:
    return f"""
    UPDATE exchange_stagedrow s SET state = 'refused', problems = s.problems || {remark}
    {source} {"AND" if "WHERE" in source else "WHERE"} s.source_id = %(source)s AND s.state <> 'refused' AND {where}
    """


FIND_HOUSEHOLDS = """
UPDATE exchange_stagedrow s SET household_id = h.id
FROM households_household h
WHERE s.source_id = %(source)s AND s.state <> 'refused' AND s.household_id IS NULL
  AND s.format IN ('households', 'persons', 'household_years')
  AND h.county = %(county)s AND h.number = s.key AND h.cancelled_on IS NULL
"""

FIND_BY_OLD_NUMBER = """
UPDATE exchange_stagedrow s SET household_id = h.id
FROM households_householdnumberalias a JOIN households_household h ON h.id = a.household_id
WHERE s.source_id = %(source)s AND s.state <> 'refused' AND s.household_id IS NULL
  AND s.format IN ('households', 'persons', 'household_years')
  AND a.county = %(county)s AND a.number = s.key AND h.cancelled_on IS NULL
"""

REFUSE_CANCELLED = _refuse(
    _remark("'household_cancelled'", "jsonb_build_object('number', s.key)"),
    "FROM households_household h",
    """s.format = 'households' AND s.household_id IS NULL AND h.county = %(county)s
       AND h.number = s.key AND h.cancelled_on IS NOT NULL""",
)

REFUSE_NUMBER_OUTSIDE = _refuse(
    _remark("'number_elsewhere'"),
    """FROM households_household h JOIN villages_village v ON v.id = h.village_id
       JOIN areas_area a ON a.id = v.area_id""",
    "s.format = 'households' AND h.id = s.household_id AND NOT a.code LIKE ANY(%(patterns)s)",
)

REFUSE_WITHOUT_VILLAGE = _refuse(
    _remark("'required'", "jsonb_build_object('heading', '行政村')", "row.village", "''"),
    "",
    "s.format = 'households' AND s.household_id IS NULL AND s.village_id IS NULL",
)


def _refuse_later(partition: str, where: str, code: str, target: str) -> str:
    """The first row of a key stands, the later ones are refused and name the first."""
    return f"""
    WITH ranked AS (
        SELECT id, row_number() OVER w AS place, first_value(number) OVER w AS first_number,
               first_value(sheet_id) OVER w AS first_sheet
        FROM exchange_stagedrow
        WHERE source_id = %(source)s AND state <> 'refused' AND {where}
        WINDOW w AS (PARTITION BY {partition} ORDER BY sheet_id, number)
    )
    UPDATE exchange_stagedrow s SET state = 'refused', problems = s.problems || jsonb_build_array(
        jsonb_build_object(
            'code', CASE WHEN r.first_sheet = s.sheet_id THEN '{code}' ELSE 'duplicate_in_file' END,
            'value', CASE WHEN '{target}' = 'person.id_number' THEN '' ELSE s.key END,
            'target', '{target}',
            'params', jsonb_build_object('row', r.first_number, 'file', f.name)))
    FROM ranked r, exchange_importsheet sh JOIN exchange_importfile f ON f.id = sh.file_id
    WHERE s.id = r.id AND r.place > 1 AND sh.id = r.first_sheet
    """


FIRST_HOUSEHOLD_STANDS = _refuse_later("key", "format = 'households'", "duplicate_key", "row.number")
FIRST_HOUSEHOLD_YEAR_STANDS = _refuse_later(
    "key, year", "format = 'household_years'", "duplicate_key", "row.number"
)
FIRST_VILLAGE_STANDS = _refuse_later(
    "format, village_id, year", "format IN ('villages', 'village_years')", "duplicate_key", "row.village"
)
FIRST_ID_STANDS = _refuse_later(
    "id_hash", "format = 'persons' AND id_hash IS NOT NULL", "same_person", "person.id_number"
)
FIRST_PERSON_STANDS = _refuse_later(
    "person_id", "format = 'persons' AND person_id IS NOT NULL", "same_person", "person.name"
)
FIRST_PERSON_NUMBER_STANDS = _refuse_later(
    "person_number",
    """format = 'persons' AND person_number IS NOT NULL AND person_id IS NULL AND person_number IN (
        SELECT person_number FROM exchange_stagedrow
        WHERE source_id = %(source)s AND state <> 'refused' AND format = 'persons' AND id_hash IS NULL)""",
    "same_person",
    "person.number",
)
FIRST_NAME_STANDS = _refuse_later(
    "key, name",
    "format = 'persons' AND person_id IS NULL AND person_number IS NULL AND id_hash IS NULL",
    "unclear_person",
    "person.name",
)

REFUSE_WITHOUT_HOUSEHOLD = """
WITH lost AS (
    SELECT s.id, s.key, (
        SELECT min(h.number) FROM exchange_stagedrow h
        WHERE h.source_id = s.source_id AND h.format = 'households' AND h.key = s.key AND h.state = 'refused'
    ) AS refused_row
    FROM exchange_stagedrow s
    WHERE s.source_id = %(source)s AND s.state <> 'refused' AND s.household_id IS NULL
      AND s.format IN ('persons', 'household_years')
      AND NOT EXISTS (
        SELECT FROM exchange_stagedrow h
        WHERE h.source_id = s.source_id AND h.format = 'households' AND h.key = s.key AND h.state <> 'refused')
)
UPDATE exchange_stagedrow s SET state = 'refused', problems = s.problems || jsonb_build_array(
    jsonb_build_object(
        'code', CASE WHEN l.refused_row IS NULL THEN 'household_unknown' ELSE 'household_refused' END,
        'value', s.key, 'target', 'row.number',
        'params', jsonb_build_object('number', s.key, 'row', l.refused_row)))
FROM lost l WHERE s.id = l.id
"""

# The same words as for a household that does not exist: what lies outside the area is not told.
REFUSE_HOUSEHOLD_OUTSIDE = _refuse(
    _remark("'household_unknown'", "jsonb_build_object('number', s.key)"),
    """FROM households_household h JOIN villages_village v ON v.id = h.village_id
       JOIN areas_area a ON a.id = v.area_id""",
    """s.format IN ('persons', 'household_years') AND h.id = s.household_id
       AND NOT a.code LIKE ANY(%(patterns)s)""",
)

REFUSE_CLOSED = _refuse(
    _remark("'closed_year'", "jsonb_build_object('year', s.year)", "row.year", "s.year::text"),
    "FROM households_householdyear y",
    """s.format IN ('households', 'persons', 'household_years') AND y.household_id = s.household_id
       AND y.year = s.year AND y.closed""",
)

FIND_PERSONS_BY_ID = """
UPDATE exchange_stagedrow s SET person_id = found.id
FROM (
    SELECT s.id AS row_id, min(p.id) AS id
    FROM exchange_stagedrow s
    JOIN core_secret c ON c.field = 'id_number' AND c.keyed_hash = s.id_hash
    JOIN households_person p ON p.id_number_id = c.id AND p.county = %(county)s
    WHERE s.source_id = %(source)s AND s.format = 'persons' AND s.state <> 'refused' AND s.person_id IS NULL
    GROUP BY s.id
) AS found
WHERE s.id = found.row_id
"""

_UNCLAIMED = """NOT EXISTS (
    SELECT FROM exchange_stagedrow o
    WHERE o.source_id = %(source)s AND o.format = 'persons' AND o.person_id = p.id AND o.state <> 'refused')"""

# A person number that now stands with another name and another identity number is a new person.
FIND_PERSONS_BY_NUMBER = f"""
UPDATE exchange_stagedrow s SET person_id = found.id
FROM (
    SELECT s.id AS row_id, min(p.id) AS id
    FROM exchange_stagedrow s JOIN households_person p ON p.county = %(county)s AND p.number = s.person_number
    WHERE s.source_id = %(source)s AND s.format = 'persons' AND s.state <> 'refused' AND s.person_id IS NULL
      AND (p.name = s.name OR p.id_number_id IS NULL OR s.id_hash IS NULL) AND {_UNCLAIMED}
    GROUP BY s.id
) AS found
WHERE s.id = found.row_id
"""

FIND_PERSONS_BY_NAME = f"""
UPDATE exchange_stagedrow s SET person_id = found.id
FROM (
    SELECT s.id AS row_id, min(p.id) AS id
    FROM exchange_stagedrow s
    JOIN households_membership m ON m.household_id = s.household_id AND m.to_day IS NULL
    JOIN households_person p ON p.id = m.person_id AND p.name = s.name
    WHERE s.source_id = %(source)s AND s.format = 'persons' AND s.state <> 'refused' AND s.person_id IS NULL
      AND (s.person_number IS NULL OR p.number IS NULL OR p.number = s.person_number) AND {_UNCLAIMED}
    GROUP BY s.id HAVING count(*) = 1
) AS found
WHERE s.id = found.row_id
"""

REFUSE_PERSON_OUTSIDE = _refuse(
    _remark("'person_elsewhere'", target="person.name", value="''"),
    """FROM households_membership m JOIN households_household h ON h.id = m.household_id
       JOIN villages_village v ON v.id = h.village_id JOIN areas_area a ON a.id = v.area_id""",
    """s.format = 'persons' AND m.person_id = s.person_id AND m.to_day IS NULL
       AND NOT a.code LIKE ANY(%(patterns)s)""",
)

NOTE_MOVED_PERSONS = f"""
UPDATE exchange_stagedrow s
SET notes = s.notes || {_remark("'person_moved'", "jsonb_build_object('number', h.number)", "row.number")}
FROM households_membership m JOIN households_household h ON h.id = m.household_id
WHERE s.source_id = %(source)s AND s.format = 'persons' AND s.state <> 'refused'
  AND m.person_id = s.person_id AND m.to_day IS NULL AND m.household_id IS DISTINCT FROM s.household_id
"""

NOTE_OTHER_VILLAGE = f"""
UPDATE exchange_stagedrow s
SET notes = s.notes || {
    _remark(
        "'village_differs'",
        "jsonb_build_object('village', stated.name, 'registered', known.name)",
        "row.village",
        "stated.name",
    )
}
FROM (
    SELECT r.id, r.village_id AS stated_id, COALESCE(n.village_id, h.village_id) AS known_id
    FROM exchange_stagedrow r
    LEFT JOIN households_household h ON h.id = r.household_id
    LEFT JOIN exchange_stagedrow n ON n.source_id = r.source_id AND n.format = 'households'
        AND n.key = r.key AND n.state <> 'refused'
    WHERE r.source_id = %(source)s AND r.format IN ('persons', 'household_years')
      AND r.state <> 'refused' AND r.village_id IS NOT NULL
) AS pair
JOIN villages_village sv ON sv.id = pair.stated_id JOIN areas_area stated ON stated.id = sv.area_id
JOIN villages_village kv ON kv.id = pair.known_id JOIN areas_area known ON known.id = kv.area_id
WHERE s.id = pair.id AND pair.stated_id <> pair.known_id
"""

STEPS = (
    FIND_HOUSEHOLDS,
    FIND_BY_OLD_NUMBER,
    REFUSE_CANCELLED,
    REFUSE_NUMBER_OUTSIDE,
    REFUSE_WITHOUT_VILLAGE,
    FIRST_VILLAGE_STANDS,
    FIRST_HOUSEHOLD_STANDS,
    FIRST_HOUSEHOLD_YEAR_STANDS,
    REFUSE_HOUSEHOLD_OUTSIDE,
    REFUSE_WITHOUT_HOUSEHOLD,
    REFUSE_CLOSED,
    FIRST_ID_STANDS,
    FIND_PERSONS_BY_ID,
    FIND_PERSONS_BY_NUMBER,
    FIND_PERSONS_BY_NAME,
    FIRST_PERSON_STANDS,
    FIRST_PERSON_NUMBER_STANDS,
    FIRST_NAME_STANDS,
    REFUSE_PERSON_OUTSIDE,
    NOTE_MOVED_PERSONS,
    NOTE_OTHER_VILLAGE,
)
# What is asked again at applying: rows of the register that came to be meanwhile.
FIND_AGAIN = (
    FIND_HOUSEHOLDS,
    FIND_PERSONS_BY_ID,
    FIND_PERSONS_BY_NUMBER,
    FIND_PERSONS_BY_NAME,
)
# And what came to lie outside the area meanwhile: it is neither shown nor written.
REFUSE_AGAIN = (REFUSE_NUMBER_OUTSIDE, REFUSE_HOUSEHOLD_OUTSIDE, REFUSE_PERSON_OUTSIDE)


def parameters(source: Import) -> dict[str, Any]:
    return {
        "source": source.pk,
        "county": source.county.county_number,
        "year": source.year,
        "patterns": [f"{prefix}%" for prefix in source.prefixes],
    }


def resolve(source: Import) -> None:
    """Point every staged row to its household and person, and refuse what cannot be."""
    _run(STEPS, source)


def find_again(source: Import) -> list[int]:
    """Look once more for households and persons that are new since the comparison.

    Return the rows refused because what they are about now lies outside the area.
    """
    _run(FIND_AGAIN, source)
    refused = []
    with connection.cursor() as cursor:
        for step in REFUSE_AGAIN:
            cursor.execute(f"{step} RETURNING s.id", parameters(source))
            refused += [row_id for (row_id,) in cursor.fetchall()]
    return refused


def plan_for_many_rows(source: Import) -> None:
    """Until the transaction ends: no compiling of statements, and large imports are joined by hashing.

    Straight after a county's first import the planner has no statistics of the new rows, takes the
    tables for nearly empty and walks through them once for each staged row. Compiling costs seconds
    for statements that then run for milliseconds.
    """
    many = StagedRow.objects.filter(source=source)[MANY_ROWS : MANY_ROWS + 1].exists()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        if many:
            cursor.execute(f"SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '{MEMORY_OF_MANY}'")


def _run(steps: tuple[str, ...], source: Import) -> None:
    plan_for_many_rows(source)
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step, parameters(source))
