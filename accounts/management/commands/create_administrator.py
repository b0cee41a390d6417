import os
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.roles import ADMINISTRATORS, ROLES
from accounts.services import open_account

PASSWORD_VARIABLE = "ADMINISTRATOR_PASSWORD"  # noqa: S105


class Command(BaseCommand):
    help = (
        "Open the account of an administrator. The password is asked for, or read from"
        f" {PASSWORD_VARIABLE}; it is never printed and stands in no argument."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="the person's name; the user name when left out")
        parser.add_argument("--role", choices=ADMINISTRATORS, default="security_admin")

    def handle(self, *args: Any, **options: Any) -> None:
        username, role = options["username"], ROLES[options["role"]]
        try:
            user = open_account(
                username=username,
                name=options["name"] or username,
                roles=[role.code],
                password=self._password(),
                must_change_password=False,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"The account {user.username} is open: {role.code}.")

    def _password(self) -> str:
        given = os.environ.get(PASSWORD_VARIABLE)
        if given:
            return given
        first = getpass("Password: ")
        if first != getpass("Password once more: "):
            raise CommandError("The two passwords differ. Nothing was changed.")
        return first
