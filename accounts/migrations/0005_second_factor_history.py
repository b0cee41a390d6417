from django.db import migrations

from core.history import keep_history


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_second_factor")]
    operations = [
        keep_history("accounts_secondfactor", derived=("last_step",)),
        keep_history("accounts_recoverycode", derived=("code_hash",)),
    ]
