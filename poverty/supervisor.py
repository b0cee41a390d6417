"""`make run`: bring up the whole system on this machine, keep it up, end all of it on Ctrl-C."""

import fcntl
import io
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import unquote, urlsplit

import environ
import psycopg2
import segno

from poverty.certificate import lan_address, own_certificate
from poverty.children import Child, stop_all
from poverty.cluster import ClusterError
from poverty.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
PORTS_TRIED = 200
LOOPBACK = "127.0.0.1"


class StartError(RuntimeError):
    """The system cannot start; the text says what to do."""


def say(words: str) -> None:
    print(words, flush=True)


class Supervisor:
    """One run of the system: its settings, its database, its processes."""

    def __init__(self) -> None:
        environ.Env.read_env(ROOT / ".env")
        self.environment = dict(os.environ)
        self.data = Path(os.environ.get("DATA_DIR", ROOT / ".data"))
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.tls = os.environ.get("TLS", "") not in ("", "0")
        self.lan = lan_address() if self.tls else LOOPBACK
        self.host = os.environ.get("HOST", "0.0.0.0" if self.tls else LOOPBACK)  # noqa: S104 - asked for by TLS=1
        self.port = 0
        self.server: EmbeddedServer | None = None
        self.children: list[Child] = []
        self.ending = False
        self._lock: IO[str] | None = None

    # --- the run -----------------------------------------------------------------------------

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)
        try:
            self._be_alone()
            self.port = free_port(self.host, os.environ.get("PORT", ""))
            self._set_environment()
            self._open_database()
            self._prepare()
            self._start_children()
            if not self.ending and self._wait_until_ready():
                self._greet()
            self._watch()
        except (StartError, ClusterError) as error:
            say(f"\n{error}")
            return 1
        finally:
            self._stop()
        return 0

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending = True

    def _be_alone(self) -> None:
        self._lock = (self.data / "run.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise StartError(
                f"The system already runs from this folder: {self._lock.read().strip()}"
            ) from None

    @property
    def address(self) -> str:
        name = self.lan if self.tls else "localhost" if self.host in (LOOPBACK, "0.0.0.0") else self.host  # noqa: S104
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}/"

    def _set_environment(self) -> None:
        hosts = dict.fromkeys(
            ["localhost", LOOPBACK, self.lan, *self.environment.get("ALLOWED_HOSTS", "").split(",")]
        )
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "poverty.settings",
            "DATA_DIR": str(self.data),
            "ALLOWED_HOSTS": ",".join(host for host in hosts if host),
            "HTTPS": "1" if self.tls else "0",
            "HASHED_STATIC": "1",
            "PYTHONUNBUFFERED": "1",
        }

    # --- database and what stands in it ------------------------------------------------------

    def _open_database(self) -> None:
        if not self.environment.get("DATABASE_URL"):
            self.server = EmbeddedServer(self.data)
            self.server.join()
            self.environment["DATABASE_URL"] = self.server.application_url
            self.environment["DATABASE_OWNER_URL"] = self.server.owner_url
        if self._has_no_tables() and self._wants_demonstration():
            self._demonstration_pending.touch()

    @property
    def _demonstration_pending(self) -> Path:
        """Stands from the moment the tables are made until the demonstration is all there."""
        return self.data / "demonstration.pending"

    def _wants_demonstration(self) -> bool:
        # Somebody's own server is filled with invented people only when that is asked for.
        return self.environment.get("DEMO", "1" if self.server else "0") != "0"

    def _has_no_tables(self) -> bool:
        url = urlsplit(self.environment["DATABASE_URL"])
        try:
            connection = psycopg2.connect(
                host=unquote(url.hostname or "") or None,
                port=url.port,
                user=unquote(url.username or "") or None,
                password=unquote(url.password or "") or None,
                dbname=url.path.lstrip("/"),
                connect_timeout=10,
            )
        except psycopg2.OperationalError as error:
            raise StartError(f"The database of DATABASE_URL cannot be reached: {error}") from None
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
            row = cursor.fetchone()
        connection.close()
        return bool(row and row[0])

    def _prepare(self) -> None:
        pending = self._demonstration_pending.exists()
        shutil.rmtree(self.data / "plain", ignore_errors=True)
        self._command("migrate", "--no-input", "-v", "0", says="Preparing the database …")
        self._command("start_installation", *(["--demonstration"] if pending else []))
        self._command("load_areas")
        if pending and any(ROOT.glob("*/management/commands/load_demonstration.py")):
            self._command("load_demonstration", says="Loading an invented county to try things with …")
            self._demonstration_pending.unlink(missing_ok=True)
        self._command("collectstatic", "--no-input", "-v", "0")

    def _command(self, *words: str, says: str = "") -> None:
        if self.ending:
            return
        if says:
            say(says)
        done = self._manage(*words)
        if done.returncode and not self.ending:
            log = self.data / "logs" / "start.log"
            log.parent.mkdir(mode=0o700, exist_ok=True)
            log.write_text(done.stdout + done.stderr)
            reason = "\n".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            raise StartError(f"`manage.py {words[0]}` failed; all it said is in {log}:\n{reason}")

    def _manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    # --- processes ---------------------------------------------------------------------------

    def _start_children(self) -> None:
        if self.ending:
            return
        python = [sys.executable, "-m"]
        web = ["gunicorn", "poverty.wsgi", "--bind", f"{self.host}:{self.port}", *GUNICORN]
        if self.tls:
            certificate, key = own_certificate(self.data / "tls", self.lan)
            web += ["--certfile", str(certificate), "--keyfile", str(key)]
        celery = ["celery", "-A", "poverty"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--schedule", str(self.data / "timetable"), "--pidfile", ""]
        for name, words in (("web", web), ("worker", worker), ("beat", beat)):
            log = self.data / "logs" / f"{name}.log"
            child = Child(name, [*python, *words], log, self.environment)
            child.start()
            self.children.append(child)
        assert self._lock is not None
        self._lock.truncate(0)
        self._lock.write(self.address)
        self._lock.flush()

    def _wait_until_ready(self, patience: float = 60.0) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self.ending:
            if self._ready():
                return True
            self._look_after()
            time.sleep(0.1)
        if not self.ending:
            say(f"The system is slow to get ready; see the logs in {self.data / 'logs'}.")
        return not self.ending

    def _ready(self) -> bool:
        context = ssl._create_unverified_context() if self.tls else None  # noqa: S323 - our own certificate
        scheme = "https" if self.tls else "http"
        host = LOOPBACK if self.host == "0.0.0.0" else self.host  # noqa: S104
        request = urllib.request.Request(f"{scheme}://{host}:{self.port}/readyz")  # noqa: S310
        try:
            with urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
            ).open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _watch(self) -> None:
        while not self.ending:
            self._look_after()
            time.sleep(0.25)

    def _look_after(self) -> None:
        if self.server is not None:
            try:
                if self.server.revive():
                    say("The database server ended and was started again.")
            except ClusterError as error:
                say(str(error))
        for child in self.children:
            child.keep_running(say)

    def _stop(self) -> None:
        if self.children:
            say("\nStopping …")
        stop_all(self.children)
        if self.server is not None:
            self.server.leave()
        if self.children:
            say("Stopped. Everything you entered is kept; `make run` goes on from here.")

    # --- words -------------------------------------------------------------------------------

    def _greet(self) -> None:
        say(f"\n  {self.address}\n")
        if self.tls:
            drawn = io.StringIO()
            segno.make(self.address).terminal(drawn, compact=True)
            say(drawn.getvalue())
            say("  The certificate is this machine's own: the browser asks once whether to trust it.\n")
        for line in self._people():
            say(f"  {line}")
        say("\n  Ctrl-C stops everything.\n")

    def _people(self) -> list[str]:
        """Demonstration users with their password, or how to make the first administrator."""
        done = self._manage("shell", "--no-imports", "-v", "0", "-c", PEOPLE)
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        return lines or ["The first administrator: open the address, or `manage.py create_administrator`."]


PEOPLE = """
from accounts.demonstration import PASSWORD, listed_users
from accounts.roles import ROLES
people = listed_users()
if people:
    print(f"An invented county. Everybody's password: {PASSWORD}")
for person in people:
    print(f"  {person.username:10} {person.name}  {ROLES[person.role].label}")
"""
GUNICORN = [
    *("--workers", "2", "--worker-class", "gthread", "--threads", "4"),
    *(
        "--timeout",
        "120",
        "--graceful-timeout",
        "10",
        "--max-requests",
        "5000",
        "--max-requests-jitter",
        "500",
    ),
]


def free_port(host: str, wanted: str) -> int:
    """The port asked for, or the first free one from 8000 on."""
    candidates = [int(wanted)] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in candidates:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise StartError(f"Port {wanted or FIRST_PORT} is taken; choose another: make run PORT=8080")


def main() -> int:
    return Supervisor().run()


if __name__ == "__main__":
    sys.exit(main())
