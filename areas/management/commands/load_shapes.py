from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from areas.shapes import load_shapes


class Command(BaseCommand):
    help = (
        "Load boundaries of areas from GeoJSON (WGS-84, one polygon an area, property code); "
        "maps are drawn from them."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            loaded = load_shapes(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"shapes: {loaded} loaded")
