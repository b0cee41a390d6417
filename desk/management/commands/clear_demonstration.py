from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from desk.clearing import clear_demonstration
from households.generation.writing import is_owner


class Command(BaseCommand):
    help = "Remove the invented county and its accounts; areas and standards stay."

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="do it")
        parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument("--asked-by", default="", help="who asked for it, for the record")

    def handle(self, *args, yes, reason, asked_by, **options):
        if not yes:
            raise CommandError("This removes every household and every account. Say --yes to do it.")
        if not is_owner():
            raise CommandError("Only the owner of the tables may do this: set DATABASE_OWNER_URL.")
        try:
            clear_demonstration(reason=reason, asked_by=asked_by)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write("demonstration: cleared")
