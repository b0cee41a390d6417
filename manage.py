#!/usr/bin/env python
"""Run one administrative command of the project."""

import os
import sys

WITHOUT_DATABASE = {"check", "collectstatic", "compilemessages", "help", "makemessages", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poverty.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    if settings.EMBEDDED and sys.argv[1:] and sys.argv[1] not in WITHOUT_DATABASE:
        settings.EMBEDDED.use()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
