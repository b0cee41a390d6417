from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.rotation import BATCH, rotate, rotate_files
from core.secrets import SecretError


class Command(BaseCommand):
    help = "Write every secret and stored file anew under the current keys. Can be cut off and started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        files, unreadable = rotate_files()
        try:
            done = rotate(batch=options["batch"], told=lambda n: self.stdout.write(f"{n} secrets"))
        except SecretError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done} secrets and {files} files written anew; all are under the keys"
            f" “{settings.CURRENT_FIELD_KEY}” and “{settings.CURRENT_HASH_KEY}”."
        )
        if unreadable:
            numbers = ", ".join(map(str, unreadable))
            raise CommandError(
                f"These stored files cannot be read, so they stay as they are: {numbers}. Keep the old key,"
                " or restore their content and run this again."
            )
