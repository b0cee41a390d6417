from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from areas.services import load_division_file


class Command(BaseCommand):
    help = (
        "Load division codes from a CSV (code, level, name, parent_code); Queshan County when none is named."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args, file, **options):
        try:
            created, renamed = load_division_file(file)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"areas: {created} new, {renamed} renamed")
