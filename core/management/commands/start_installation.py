from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.clock import calendar_day, forget_installation
from core.models import Installation


class Command(BaseCommand):
    help = "Mark the database as an installation, once; --demonstration for invented people only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demonstration", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        Installation.objects.get_or_create(
            pk=1,
            defaults={
                "demonstration": options["demonstration"],
                "first_started_on": calendar_day(),
            },
        )
        forget_installation()
