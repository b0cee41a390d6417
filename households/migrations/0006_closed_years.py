"""A closed year is read-only for the facts of households and persons too."""

from django.db import migrations

from villages.closed_triggers import read_only_when_closed


class Migration(migrations.Migration):
    dependencies = [("households", "0005_count_new_years_once"), ("villages", "0004_closed_years")]
    operations = [
        read_only_when_closed("households_householdyear"),
        read_only_when_closed("households_personyear"),
    ]
