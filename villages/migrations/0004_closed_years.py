"""A closed year is read-only: the database refuses its facts, whoever writes them."""

from django.db import migrations

from core.history import keep_history
from villages.closed_triggers import DROP_FUNCTIONS, FUNCTIONS, read_only_when_closed


class Migration(migrations.Migration):
    dependencies = [("villages", "0003_county_years")]
    operations = [
        keep_history("villages_countyyear"),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        read_only_when_closed("villages_villageyear"),
    ]
