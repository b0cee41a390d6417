from django.db import migrations

from core.history import keep_history


class Migration(migrations.Migration):
    dependencies = [("areas", "0003_shapes"), ("core", "0002_history")]
    operations = [keep_history("areas_areashape")]
