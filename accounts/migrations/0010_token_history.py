from django.db import migrations

from core.history import keep_history


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_api_tokens"), ("core", "0002_history")]
    operations = [keep_history("accounts_apitoken", derived=("digest", "last_used_at"))]
