"""A real web server, and a real worker, for tests that go through the network."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.database import environment_of

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 40.0


@dataclass(frozen=True)
class Site:
    """A server that runs: its address and what it writes into its log."""

    address: str
    log: Path

    def url(self, path: str) -> str:
        return self.address + path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(words: list[str], environment: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A module of Python running beside the test; killed at the end of the block."""
    with log.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@contextmanager
def served(database: str, **extra: str) -> Iterator[Site]:
    """gunicorn on `database`; background jobs are done where they are asked for."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.log"
        environment = environment_of(database) | {
            "CELERY_TASK_ALWAYS_EAGER": "1",
            "MEDIA_ROOT": f"{folder}/files",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            **extra,
        }
        words = ["gunicorn", "poverty.wsgi", "--bind", f"127.0.0.1:{port}"]
        words += ["--worker-class", "gthread", "--threads", "4"]
        with process(words, environment, log) as running:
            site = Site(f"http://127.0.0.1:{port}", log)
            _wait(site, running)
            yield site


def _wait(site: Site, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        try:
            urllib.request.urlopen(site.url("/healthz"), timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The server does not start:\n{site.log.read_text()[-3000:]}")
