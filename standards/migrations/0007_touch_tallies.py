"""Whatever changes a fact or a result notes in its own transaction whose tallies are no longer true."""

from django.db import migrations

# Of a statement that writes more rows than this the whole county is noted.
FUNCTIONS = """
CREATE FUNCTION standards_touch_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM written LIMIT 501) AS first) > 500 THEN
        INSERT INTO standards_touchedtally (county, year, village_id)
        SELECT DISTINCT w.county, w.year, NULL::bigint FROM written w;
    ELSE
        INSERT INTO standards_touchedtally (county, year, village_id)
        SELECT DISTINCT w.county, w.year, h.village_id
        FROM written w JOIN households_household h ON h.id = w.household_id;
    END IF;
    RETURN NULL;
END $$;

-- A household that moved or was cancelled counts elsewhere in every year.
CREATE FUNCTION standards_touch_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO standards_touchedtally (county, year, village_id)
    SELECT DISTINCT moved.county, NULL::smallint, moved.village_id
    FROM new_rows n JOIN old_rows o USING (id),
        LATERAL (VALUES (n.county, n.village_id), (o.county, o.village_id)) AS moved (county, village_id)
    WHERE (n.village_id, n.cancelled_on) IS DISTINCT FROM (o.village_id, o.cancelled_on);
    RETURN NULL;
END $$;
"""
TABLES = ("households_householdyear", "standards_householdresult")
OPERATIONS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
TRIGGERS = "".join(
    f"""
    CREATE TRIGGER {table}_tallies_{operation.lower()} AFTER {operation} ON {table}
    REFERENCING {image} TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION standards_touch_tallies();
    """
    for table in TABLES
    for operation, image in OPERATIONS.items()
)
MOVED = """
CREATE TRIGGER households_household_tallies_moved AFTER UPDATE ON households_household
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION standards_touch_moved();
INSERT INTO standards_touchedtally (county, year, village_id)
SELECT DISTINCT county, year, NULL::bigint FROM households_householdyear;
"""
BACK = "".join(
    f"DROP TRIGGER {table}_tallies_{operation.lower()} ON {table};"
    for table in TABLES
    for operation in OPERATIONS
)
BACK += """
DROP TRIGGER households_household_tallies_moved ON households_household;
DROP FUNCTION standards_touch_moved();
DROP FUNCTION standards_touch_tallies();
"""


class Migration(migrations.Migration):
    dependencies = [("standards", "0006_village_tallies"), ("households", "0003_cancelled_households")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS + MOVED, BACK)]
