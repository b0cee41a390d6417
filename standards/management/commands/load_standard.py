from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from standards.files import load_standard


class Command(BaseCommand):
    help = "Load a standard from a TOML file as a draft, or in force with --publish."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true")

    def handle(self, *args, file, publish, **options):
        try:
            version, is_new = load_standard(file.read_text(encoding="utf-8"), publish=publish)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        state = "in force" if version.is_published else "draft"
        self.stdout.write(f"{version}: {'new' if is_new else 'already loaded'}, {state}")
