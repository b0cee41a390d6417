from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.backup import BackupError, make_backup
from core.postgres_tools import ToolMissing


class Command(BaseCommand):
    help = "Write database, stored files and a manifest into a new folder. The keys are not in it."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *args, folder, **options):
        try:
            manifest = make_backup(folder)
        except (BackupError, ToolMissing, OSError) as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest["tables"].values()), len(manifest["files"])
        self.stdout.write(f"{rows} rows, {files} files in {folder}. Keep the keys elsewhere.")
