from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.secrets import SecretError, check_canaries


class Command(BaseCommand):
    help = "Say whether the keys of this environment open the secrets of this database."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_canaries()
        except SecretError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The keys open the secrets.")
