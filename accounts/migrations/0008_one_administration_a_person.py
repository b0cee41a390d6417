from django.db import migrations

# Whoever administers the system, its accounts or its audit holds no other role, whatever wrote the row.
ONE_ROLE = """
CREATE FUNCTION accounts_one_administration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_user_groups held JOIN auth_group ON auth_group.id = held.group_id
        WHERE held.user_id = NEW.user_id AND auth_group.name IN ('system_admin', 'security_admin', 'audit_admin')
    ) AND (SELECT count(*) FROM accounts_user_groups WHERE user_id = NEW.user_id) > 1 THEN
        RAISE EXCEPTION 'an administrator holds no second role' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_one_administration AFTER INSERT OR UPDATE ON accounts_user_groups
FOR EACH ROW EXECUTE FUNCTION accounts_one_administration();
"""

ANY_ROLES = """
DROP TRIGGER accounts_one_administration ON accounts_user_groups;
DROP FUNCTION accounts_one_administration();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_versions_of_accounts")]
    operations = [migrations.RunSQL(ONE_ROLE, ANY_ROLES)]
