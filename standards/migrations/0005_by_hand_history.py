from django.db import migrations

from core.history import keep_history


class Migration(migrations.Migration):
    dependencies = [("standards", "0004_by_hand"), ("core", "0002_history")]
    operations = [
        keep_history("standards_householdjudgement"),
        keep_history("standards_villagejudgement"),
    ]
