from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.backup import BackupError
from core.postgres_tools import ToolMissing
from core.restoring import restore_backup


class Command(BaseCommand):
    help = "Load a backup into an empty database and prove that all of it came."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *args, folder, **options):
        try:
            manifest = restore_backup(folder)
        except (BackupError, ToolMissing, OSError) as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest["tables"].values()), len(manifest["files"])
        seal = manifest["seal"]["number"] if manifest["seal"] else "none"
        self.stdout.write(
            f"{rows} rows and {files} files restored and proven; audit whole up to seal {seal}."
        )
