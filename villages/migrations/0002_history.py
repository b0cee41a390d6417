from django.db import migrations

from core.history import keep_history

SET_COUNTY = """
CREATE FUNCTION villages_set_county() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT left(a.code, 6)::integer INTO NEW.county
    FROM villages_village v JOIN areas_area a ON a.id = v.area_id WHERE v.id = NEW.village_id;
    RETURN NEW;
END $$;
CREATE TRIGGER villages_villageyear_county BEFORE INSERT OR UPDATE OF village_id ON villages_villageyear
FOR EACH ROW EXECUTE FUNCTION villages_set_county();
"""
DROP = """
DROP TRIGGER villages_villageyear_county ON villages_villageyear;
DROP FUNCTION villages_set_county();
"""


class Migration(migrations.Migration):
    dependencies = [("villages", "0001_initial"), ("core", "0002_history")]
    operations = [
        keep_history("villages_village"),
        keep_history("villages_villageyear"),
        migrations.RunSQL(SET_COUNTY, DROP),
    ]
