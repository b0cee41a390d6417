"""Published versions never change; results are written densely; versions and doubts keep history."""

from django.db import migrations

from core.history import keep_history

FREEZE = """
CREATE FUNCTION standards_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published boolean;
BEGIN
    IF TG_TABLE_NAME = 'standards_standardversion' THEN
        published := OLD.published_at IS NOT NULL;
    ELSIF TG_TABLE_NAME = 'standards_indicator' THEN
        SELECT bool_or(v.published_at IS NOT NULL) INTO published FROM standards_standardversion v
        WHERE v.id IN (NEW.version_id, OLD.version_id);
    ELSE
        SELECT bool_or(v.published_at IS NOT NULL) INTO published
        FROM standards_indicator i JOIN standards_standardversion v ON v.id = i.version_id
        WHERE i.id IN (NEW.indicator_id, OLD.indicator_id);
    END IF;
    IF published THEN
        RAISE EXCEPTION 'A published standard never changes; load a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER standards_version_frozen BEFORE UPDATE OR DELETE ON standards_standardversion
    FOR EACH ROW EXECUTE FUNCTION standards_refuse_published();
CREATE TRIGGER standards_indicator_frozen BEFORE INSERT OR UPDATE OR DELETE ON standards_indicator
    FOR EACH ROW EXECUTE FUNCTION standards_refuse_published();
CREATE TRIGGER standards_criterion_frozen BEFORE INSERT OR UPDATE OR DELETE ON standards_criterion
    FOR EACH ROW EXECUTE FUNCTION standards_refuse_published();
"""
THAW = """
DROP TRIGGER standards_version_frozen ON standards_standardversion;
DROP TRIGGER standards_indicator_frozen ON standards_indicator;
DROP TRIGGER standards_criterion_frozen ON standards_criterion;
DROP FUNCTION standards_refuse_published();
"""
# Half-empty pages let a changed verdict stay on its page, without touching the index.
DENSITY = """
ALTER TABLE standards_householdresult SET (fillfactor = 45);
ALTER TABLE standards_villageresult SET (fillfactor = 45);
"""
DENSITY_BACK = """
ALTER TABLE standards_householdresult RESET (fillfactor);
ALTER TABLE standards_villageresult RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_initial"), ("core", "0002_history")]
    operations = [
        migrations.RunSQL(DENSITY, DENSITY_BACK),
        keep_history("standards_standardversion"),
        keep_history("standards_doubt"),
        migrations.RunSQL(FREEZE, THAW),
    ]
