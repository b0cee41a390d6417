"""What the database keeps by itself: county, current status, head's name, members' tallies.

Tallies count the memberships open on 31 December of the year. Services and imports write no day
after the business day, so until 31 December that is the count of today. Two clerks at once: the
households' rows are locked first, in key order, and a second statement counts
(READ COMMITTED: it sees what the other clerk committed meanwhile).
"""

from django.db import migrations

from core.history import keep_history

TALLIES = (
    "status",
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

FUNCTIONS = """
CREATE FUNCTION households_set_household_county() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT left(a.code, 6)::integer INTO NEW.county
    FROM villages_village v JOIN areas_area a ON a.id = v.area_id WHERE v.id = NEW.village_id;
    RETURN NEW;
END $$;

CREATE FUNCTION households_set_year_county() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT h.county, COALESCE(NEW.village_id, h.village_id) INTO NEW.county, NEW.village_id
    FROM households_household h WHERE h.id = NEW.household_id;
    RETURN NEW;
END $$;

CREATE FUNCTION households_set_person_county() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT p.county INTO NEW.county FROM households_person p WHERE p.id = NEW.person_id;
    RETURN NEW;
END $$;

CREATE FUNCTION households_count_members(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM households_household WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;

    UPDATE households_householdyear y
    SET members = t.members, school_age = t.school_age, out_of_school = t.out_of_school,
        school_unknown = t.school_unknown, uninsured = t.uninsured,
        insurance_unknown = t.insurance_unknown, seriously_ill = t.seriously_ill,
        ill_without_relief = t.ill_without_relief, ill_relief_unknown = t.ill_relief_unknown
    FROM (
        SELECT c.id,
            count(c.person_id) AS members,
            count(c.person_id) FILTER (WHERE c.of_age) AS school_age,
            count(c.person_id) FILTER (WHERE c.of_age AND c.school_status = '01' AND NOT c.excused) AS out_of_school,
            count(c.person_id) FILTER (
                WHERE (c.of_age AND c.school_status IS NULL)
                   OR (c.of_age IS NULL AND (c.school_status IS NULL OR c.school_status = '01') AND NOT c.excused)
            ) AS school_unknown,
            count(c.person_id) FILTER (WHERE NOT c.medical_insurance) AS uninsured,
            count(c.person_id) FILTER (WHERE c.medical_insurance IS NULL) AS insurance_unknown,
            count(c.person_id) FILTER (WHERE c.ill) AS seriously_ill,
            count(c.person_id) FILTER (WHERE c.ill AND NOT c.serious_illness_relief) AS ill_without_relief,
            count(c.person_id) FILTER (WHERE c.ill AND c.serious_illness_relief IS NULL) AS ill_relief_unknown
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
    ) AS t
    WHERE y.id = t.id
      AND (y.members, y.school_age, y.out_of_school, y.school_unknown, y.uninsured, y.insurance_unknown,
           y.seriously_ill, y.ill_without_relief, y.ill_relief_unknown)
        IS DISTINCT FROM
          (t.members::int, t.school_age::int, t.out_of_school::int, t.school_unknown::int, t.uninsured::int,
           t.insurance_unknown::int, t.seriously_ill::int, t.ill_without_relief::int, t.ill_relief_unknown::int);
END $$;

CREATE FUNCTION households_name_heads(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE households_household h SET head_name = t.name
    FROM (
        SELECT DISTINCT ON (m.household_id) m.household_id, p.name
        FROM households_membership m JOIN households_person p ON p.id = m.person_id
        WHERE m.household_id = ANY(ids) AND m.relation = '01' AND m.to_day IS NULL
        ORDER BY m.household_id, m.from_day DESC, m.id
    ) AS t
    WHERE h.id = t.household_id AND h.head_name IS DISTINCT FROM t.name;
END $$;

CREATE FUNCTION households_dated_statuses(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM households_household WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE households_household h SET status = t.status
    FROM (
        SELECT DISTINCT ON (household_id) household_id, status FROM households_householdstatus
        WHERE household_id = ANY(ids) ORDER BY household_id, from_day DESC
    ) AS t
    WHERE h.id = t.household_id AND h.status IS DISTINCT FROM t.status;
    UPDATE households_householdyear y SET status = t.status
    FROM (
        SELECT DISTINCT ON (hy.id) hy.id, s.status
        FROM households_householdyear hy
        LEFT JOIN households_householdstatus s
            ON s.household_id = hy.household_id AND s.from_day <= make_date(hy.year, 12, 31)
        WHERE hy.household_id = ANY(ids) AND NOT hy.closed
        ORDER BY hy.id, s.from_day DESC NULLS LAST
    ) AS t
    WHERE y.id = t.id AND y.status IS DISTINCT FROM t.status;
END $$;

-- What a statement touched, by the table it wrote.
CREATE FUNCTION households_after_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT household_id) INTO ids FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT household_id) INTO ids FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT household_id) INTO ids
        FROM (SELECT household_id FROM new_rows UNION SELECT household_id FROM old_rows) AS touched;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM households_count_members(ids);
        PERFORM households_name_heads(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION households_after_persons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT m.household_id) INTO ids
    FROM new_rows n JOIN old_rows o USING (id) JOIN households_membership m ON m.person_id = n.id
    WHERE (n.birth_date, n.name) IS DISTINCT FROM (o.birth_date, o.name);
    IF ids IS NOT NULL THEN
        PERFORM households_count_members(ids);
        PERFORM households_name_heads(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION households_after_person_years() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT m.household_id) INTO ids
        FROM old_rows r JOIN households_membership m USING (person_id);
    ELSE
        SELECT array_agg(DISTINCT m.household_id) INTO ids
        FROM new_rows r JOIN households_membership m USING (person_id);
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM households_count_members(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION households_after_years() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT household_id) INTO ids FROM new_rows;
    IF ids IS NOT NULL THEN
        PERFORM households_count_members(ids);
        PERFORM households_dated_statuses(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION households_after_statuses() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT household_id) INTO ids FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT household_id) INTO ids FROM new_rows;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM households_dated_statuses(ids);
    END IF;
    RETURN NULL;
END $$;
"""

_BOTH = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
STATEMENT_TRIGGERS = [
    ("households_membership", "households_after_memberships", ("INSERT", "UPDATE", "DELETE")),
    ("households_person", "households_after_persons", ("UPDATE",)),
    ("households_personyear", "households_after_person_years", ("INSERT", "UPDATE", "DELETE")),
    ("households_householdyear", "households_after_years", ("INSERT",)),
    ("households_householdstatus", "households_after_statuses", ("INSERT", "UPDATE", "DELETE")),
]
ROW_TRIGGERS = [
    ("households_household", "households_set_household_county", "village_id"),
    ("households_householdyear", "households_set_year_county", "household_id"),
    ("households_personyear", "households_set_person_county", "person_id"),
]


def create_triggers() -> str:
    sql = [
        f"CREATE TRIGGER {table}_county BEFORE INSERT OR UPDATE OF {column} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}();"
        for table, function, column in ROW_TRIGGERS
    ]
    for table, function, operations in STATEMENT_TRIGGERS:
        sql += [
            f"CREATE TRIGGER {table}_keep_{operation.lower()} AFTER {operation} ON {table}"
            f" REFERENCING {_BOTH[operation]} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
            for operation in operations
        ]
    return "\n".join(sql)


def drop_triggers() -> str:
    sql = [f"DROP TRIGGER {table}_county ON {table};" for table, _function, _column in ROW_TRIGGERS]
    for table, _function, operations in STATEMENT_TRIGGERS:
        sql += [f"DROP TRIGGER {table}_keep_{op.lower()} ON {table};" for op in operations]
    functions = {function for _t, function, _o in STATEMENT_TRIGGERS + ROW_TRIGGERS}
    sql += [f"DROP FUNCTION {function}();" for function in sorted(functions)]
    sql += [
        f"DROP FUNCTION {name}(bigint[]);"
        for name in ("households_count_members", "households_name_heads", "households_dated_statuses")
    ]
    return "\n".join(sql)


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial"), ("core", "0002_history")]
    operations = [
        keep_history("households_household", derived=("status", "head_name")),
        keep_history("households_householdnumberalias"),
        keep_history("households_householdstatus"),
        keep_history("households_person", derived=("name_keys",)),
        keep_history("households_membership"),
        keep_history("households_householdyear", derived=TALLIES),
        keep_history("households_personyear"),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(create_triggers(), drop_triggers()),
    ]
