import time

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from desk.demonstration import load_demonstration


class Command(BaseCommand):
    help = "Fill Queshan County with invented people, the totals of 2016, and open demonstration accounts."

    def handle(self, *args, **options):
        started = time.monotonic()
        try:
            made = load_demonstration()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"demonstration: {made} households, {time.monotonic() - started:.1f} s")
