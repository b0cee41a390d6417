"""Processes that must keep running: started in groups of their own, started again when they die."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LONGEST_PAUSE = 30.0
_STEADY = 60.0


def die_with_parent() -> None:
    """On Linux, a child whose supervisor is killed is told to end as well."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One program that must run; its words go into a log file."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    held: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    restarts: int = 0
    started_at: float = 0.0
    next_start: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
                pass_fds=self.held,
                preexec_fn=die_with_parent,
            )
        self.started_at = time.monotonic()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_running(self, say: Callable[[str], None]) -> None:
        """Start the program again when it has died; wait longer each time it dies at once."""
        if self.runs:
            return
        now = time.monotonic()
        if self.process is not None:
            self.end_group(signal.SIGKILL)
            self.pause = 0.5 if now - self.started_at > _STEADY else min(self.pause * 2, _LONGEST_PAUSE)
            say(f"{self.name} ended ({self.process.returncode}) and is started again; see {self.log}")
            self.process, self.next_start = None, now + self.pause
            self.restarts += 1
        if now >= self.next_start:
            self.start()

    def end_group(self, number: int) -> None:
        """Signal the program and everything it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


def stop_all(children: list[Child], patience: float = 20.0) -> None:
    """Ask all to end, wait, and kill what does not."""
    for child in children:
        if child.runs:
            assert child.process is not None
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(child.runs for child in children):
        time.sleep(0.05)
    for child in children:
        child.end_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
