from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.rotation import BATCH, rotate
from core.secrets import SecretError


class Command(BaseCommand):
    help = "Write every secret anew under the current keys. Can be cut off and started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rotate(batch=options["batch"], told=lambda n: self.stdout.write(f"{n} secrets"))
        except SecretError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done} secrets written anew; all are under the keys"
            f" “{settings.CURRENT_FIELD_KEY}” and “{settings.CURRENT_HASH_KEY}”."
        )
