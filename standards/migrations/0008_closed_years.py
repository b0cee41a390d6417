"""Judgements by hand of a closed year are read-only; their county is that of the subject."""

from django.db import migrations

_COUNTY = {
    "household": "households_household s WHERE s.id = entry.household_id AND s.county = c.county",
    "village": (
        "villages_village s JOIN areas_area a ON a.id = s.area_id"
        " WHERE s.id = entry.village_id AND left(a.code, 6)::integer = c.county"
    ),
}


def function(subject: str) -> str:
    """One row at a time: people judge by hand, nobody by thousands."""
    return f"""
    CREATE FUNCTION standards_refuse_closed_{subject}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE entry standards_{subject}judgement;
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(1497710930);
        IF TG_OP = 'DELETE' THEN entry := OLD; ELSE entry := NEW; END IF;
        PERFORM villages_say_closed((SELECT c.year FROM villages_countyyear c
            WHERE c.closed_at IS NOT NULL AND (c.year = entry.year OR TG_OP = 'UPDATE' AND c.year = OLD.year)
              AND EXISTS (SELECT FROM {_COUNTY[subject]}) LIMIT 1));
        RETURN entry;
    END $$;
    CREATE TRIGGER standards_{subject}judgement_closed
    BEFORE INSERT OR UPDATE OR DELETE ON standards_{subject}judgement
    FOR EACH ROW EXECUTE FUNCTION standards_refuse_closed_{subject}();
    """


def drop(subject: str) -> str:
    return f"""
    DROP TRIGGER standards_{subject}judgement_closed ON standards_{subject}judgement;
    DROP FUNCTION standards_refuse_closed_{subject}();
    """


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0007_touch_tallies"),
        ("villages", "0004_closed_years"),
    ]
    operations = [migrations.RunSQL(function(subject), drop(subject)) for subject in _COUNTY]
