from django.db import migrations

from core.history import history_functions


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [history_functions()]
