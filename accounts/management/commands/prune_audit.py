from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.auditing import prune_events


class Command(BaseCommand):
    help = "As the owner: remove access events older than AUDIT_DAYS, whole seals only."

    def handle(self, *args, **options):
        removed = prune_events()
        self.stdout.write(f"{removed} events older than {settings.AUDIT_DAYS} days removed")
