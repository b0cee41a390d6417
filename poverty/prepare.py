"""What stands between a database and the first request: tables, areas, the demonstration.

    DATABASE_ROLE=owner python -m poverty.prepare [--demonstration]

One process for all steps, because starting Python is most of the time on later starts. The last
lines it prints tell the person how to sign in.
"""

import os
import sys

import django


def main(demonstration: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "poverty.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("start_installation", demonstration=demonstration)
    call_command("load_areas", verbosity=0, stdout=sys.stderr)
    if demonstration:
        call_command("load_demonstration", stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)
    print("\n".join(how_to_sign_in()))


def how_to_sign_in() -> list[str]:
    """The demonstration's people with their password, or how to open the first account."""
    from accounts.demonstration import PASSWORD, listed_users
    from accounts.roles import ROLES

    people = listed_users()
    if not people:
        return ["First start: the page opens the first account, or `manage.py create_administrator`."]
    lines = [f"  {one.username:10} {one.name}  {ROLES[one.role].label}" for one in people]
    return [f"An invented county. Everybody's password: {PASSWORD}", *lines]


if __name__ == "__main__":
    main("--demonstration" in sys.argv)
