"""A new yearly row gets tallies and status by one update instead of two.

Counting stands in one function that both the recount and the new rows read. It is STABLE, so it
sees what its calling statement sees: the statement after the one that locks the households.
"""

from django.db import migrations

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
_SET = ", ".join(f"{name} = t.{name}" for name in TALLIES)
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in TALLIES) for row in "yt")
_RESULT = ", ".join(f"{name} integer" for name in TALLIES)

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION households_tallies(ids bigint[]) RETURNS TABLE (id bigint, {_RESULT})
LANGUAGE sql STABLE AS $$
    SELECT c.id,
        count(c.person_id)::int,
        (count(c.person_id) FILTER (WHERE c.of_age))::int,
        (count(c.person_id) FILTER (WHERE c.of_age AND c.school_status = '01' AND NOT c.excused))::int,
        (count(c.person_id) FILTER (
            WHERE (c.of_age AND c.school_status IS NULL)
               OR (c.of_age IS NULL AND (c.school_status IS NULL OR c.school_status = '01') AND NOT c.excused)
        ))::int,
        (count(c.person_id) FILTER (WHERE NOT c.medical_insurance))::int,
        (count(c.person_id) FILTER (WHERE c.medical_insurance IS NULL))::int,
        (count(c.person_id) FILTER (WHERE c.ill))::int,
        (count(c.person_id) FILTER (WHERE c.ill AND NOT c.serious_illness_relief))::int,
        (count(c.person_id) FILTER (WHERE c.ill AND c.serious_illness_relief IS NULL))::int
    FROM (
        SELECT hy.id, m.person_id, py.school_status, py.medical_insurance, py.serious_illness_relief,
            p.birth_date <= make_date(hy.year - 6, 9, 1) AND p.birth_date > make_date(hy.year - 16, 9, 1) AS of_age,
            COALESCE(py.dropout_reason <> '01', false) AS excused,
            COALESCE('03' = ANY(py.health), false) AS ill
        FROM households_householdyear hy
        LEFT JOIN households_membership m
            ON m.household_id = hy.household_id
            AND m.from_day <= make_date(hy.year, 12, 31)
            AND (m.to_day IS NULL OR m.to_day > make_date(hy.year, 12, 31))
        LEFT JOIN households_person p ON p.id = m.person_id
        LEFT JOIN households_personyear py ON py.person_id = m.person_id AND py.year = hy.year
        WHERE hy.household_id = ANY(ids) AND NOT hy.closed
    ) AS c
    GROUP BY c.id
$$;

CREATE OR REPLACE FUNCTION households_count_members(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM households_household WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE households_householdyear y SET {_SET}
    FROM households_tallies(ids) t
    WHERE y.id = t.id AND ({_OLD}) IS DISTINCT FROM ({_NEW});
END $$;

-- New rows stand with the status of their year and the members counted; other years stay as they are.
CREATE OR REPLACE FUNCTION households_after_years() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    new_ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT household_id), array_agg(id) INTO ids, new_ids FROM new_rows WHERE NOT closed;
    IF ids IS NULL THEN RETURN NULL; END IF;
    PERFORM FROM households_household WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE households_householdyear y SET {_SET}, status = t.status
    FROM (
        SELECT DISTINCT ON (n.id) n.*, s.status
        FROM households_tallies(ids) n
        JOIN households_householdyear hy ON hy.id = n.id
        LEFT JOIN households_householdstatus s
            ON s.household_id = hy.household_id AND s.from_day <= make_date(hy.year, 12, 31)
        WHERE n.id = ANY(new_ids)
        ORDER BY n.id, s.from_day DESC NULLS LAST
    ) AS t
    WHERE y.id = t.id AND ({_OLD}, y.status) IS DISTINCT FROM ({_NEW}, t.status);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0004_fewer_indexes")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
