from django.db import migrations

from core.history import keep_history

KEPT = ("organisation", "official", "grant", "grantedhousehold", "user_groups")
# Neither hashed passwords nor the marks of every visit belong into the history.
NOT_KEPT = ("password", "last_login", "last_seen_at", "session_epoch")

APPEND_ONLY = """
CREATE FUNCTION accounts_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'access events are neither changed nor removed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER accounts_accessevent_stays BEFORE UPDATE OR DELETE ON accounts_accessevent
FOR EACH ROW EXECUTE FUNCTION accounts_events_stay();
"""

CHANGEABLE = """
DROP TRIGGER accounts_accessevent_stays ON accounts_accessevent;
DROP FUNCTION accounts_events_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_history")]
    operations = [
        *(keep_history(f"accounts_{table}") for table in KEPT),
        keep_history("accounts_user", derived=NOT_KEPT),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
