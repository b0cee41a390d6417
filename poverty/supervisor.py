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
from poverty.children import Child, die_with_parent, stop_all
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
        self.door: socket.socket | None = None
        self.server: EmbeddedServer | None = None
        self.children: list[Child] = []
        self.people: list[str] = []
        self.steps: subprocess.Popen[str] | None = None
        self.ending = False
        self._lock: IO[str] | None = None

    # --- the run -----------------------------------------------------------------------------

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)
        try:
            self._be_alone()
            self.door = open_door(self.host, os.environ.get("PORT", ""))
            self._set_environment()
            self._open_database()
            self._prepare()
            self._start_children()
            if self._wait_until_it_answers():
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
        if self.steps is not None and self.steps.poll() is None:
            self.steps.terminate()

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
    def port(self) -> int:
        return int(self.door.getsockname()[1]) if self.door else 0

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
        say("Preparing the database" + (" and an invented county to try things with …" if pending else " …"))
        words = [sys.executable, "-m", "poverty.prepare", *(["--demonstration"] if pending else [])]
        self.steps = steps = subprocess.Popen(
            words,
            # Named here: importing the project already reads the settings.
            env=self.environment | {"DATABASE_ROLE": "owner"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        said, complained = steps.communicate()
        if steps.returncode:
            if self.ending:
                return
            log = self.data / "logs" / "start.log"
            log.parent.mkdir(mode=0o700, exist_ok=True)
            log.write_text(said + complained)
            reason = "\n".join((complained or said).strip().splitlines()[-3:])
            raise StartError(f"The database cannot be prepared; all that was said is in {log}:\n{reason}")
        self._demonstration_pending.unlink(missing_ok=True)
        self.people = [line for line in said.splitlines() if line.strip()]

    # --- processes ---------------------------------------------------------------------------

    def _start_children(self) -> None:
        if self.ending:
            return
        python = [sys.executable, "-m"]
        assert self.door is not None
        web = ["gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py")]
        web += ["--bind", f"fd://{self.door.fileno()}"]
        if self.tls:
            certificate, key = own_certificate(self.data / "tls", self.lan)
            web += ["--certfile", str(certificate), "--keyfile", str(key)]
        celery = ["celery", "-A", "poverty"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--schedule", str(self.data / "timetable"), "--pidfile", ""]
        for name, words in (("web", web), ("worker", worker), ("beat", beat)):
            log = self.data / "logs" / f"{name}.log"
            held = (self.door.fileno(),) if name == "web" else ()
            child = Child(name, [*python, *words], log, self.environment, held)
            child.start()
            self.children.append(child)
        assert self._lock is not None
        self._lock.truncate(0)
        self._lock.write(self.address)
        self._lock.flush()

    def _wait_until_it_answers(self, patience: float = 60.0) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self.ending:
            if self._answers():
                return True
            self._look_after()
            time.sleep(0.1)
        if not self.ending:
            say(f"The web server is slow to start; see the logs in {self.data / 'logs'}.")
        return not self.ending

    def _answers(self) -> bool:
        context = ssl._create_unverified_context() if self.tls else None  # noqa: S323 - our own certificate
        scheme = "https" if self.tls else "http"
        host = LOOPBACK if self.host == "0.0.0.0" else self.host  # noqa: S104
        request = urllib.request.Request(f"{scheme}://{host}:{self.port}/healthz")  # noqa: S310
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
        for line in self.people:
            say(f"  {line}")
        say("\n  Ctrl-C stops everything.\n")


def open_door(host: str, wanted: str) -> socket.socket:
    """A socket on the port asked for, or on the first free one from 8000 on.

    The supervisor keeps it open: nobody else gets the port, and a visitor who comes while the web
    server is started again waits instead of being turned away.
    """
    candidates = [int(wanted)] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in candidates:
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
            door.listen(128)
        except OSError:
            door.close()
            continue
        return door
    raise StartError(f"Port {wanted or FIRST_PORT} is taken; choose another: make run PORT=8080")


def main() -> int:
    return Supervisor().run()


if __name__ == "__main__":
    sys.exit(main())
