"""Jobs with real workers, real commits, real brokers, and a SIGKILL."""

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from celery import current_app
from django.utils import timezone
from kombu import Connection

from core import jobs
from core.models import Heartbeat, Job
from tests.core import slow_jobs  # noqa: F401 - registers the kinds here as well
from tests.database import environment_of
from tests.serving import process

PATIENCE = 40.0


def wait_for(holds: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen.\n{log.read_text()[-3000:]}")


@dataclass(frozen=True)
class Broker:
    """The queue of one test: its address for workers, its connection for this process."""

    url: str
    connection: Connection

    def put(self, task: str, *arguments: object) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other tests do their tasks at once; these are sent
            current_app.send_task(task, args=arguments, connection=self.connection)


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def broker(request, tmp_path, monkeypatch) -> Iterator[Broker]:
    folder = str(tmp_path / "queue" / "messages")
    Path(folder).mkdir(parents=True)
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9") if request.param == "redis" else ""
    control = str(tmp_path / "queue" / "control")
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": control}
    with Connection(url or "filesystem://", transport_options={} if url else options) as connection:
        if url:
            connection.default_channel.client.flushdb()
        opened = Broker(url, connection)
        monkeypatch.setattr(jobs, "send", lambda job_id: opened.put("core.tasks.run_job", job_id))
        yield opened


@contextmanager
def worker(database: str, folder: Path, broker: Broker) -> Iterator[Path]:
    """A worker with a pool of one process, on the broker named (empty: the file system)."""
    environment = environment_of(database) | {
        "REDIS_URL": broker.url,
        "CELERY_TASK_ALWAYS_EAGER": "0",
        "QUEUE_DIR": str(folder / "queue"),
    }
    words = ["celery", "-A", "tests.core.slow_jobs", "worker", "--concurrency", "1"]
    log = folder / "worker.log"
    with process([*words, "--without-gossip", "--without-mingle"], environment, log) as running:
        started = lambda: " ready." in log.read_text() or running.poll() is not None  # noqa: E731
        wait_for(started, "the worker's start", log)
        assert running.poll() is None, log.read_text()[-3000:]
        yield log


def send(steps: int, mark: Path) -> Job:
    return jobs.enqueue("test.slow", user=None, arguments={"steps": steps, "mark": str(mark)})


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


@pytest.mark.slow
def test_a_job_is_done_and_its_progress_is_seen_from_inside_its_transaction(real_database, tmp_path, broker):
    seen = set()

    def over() -> bool:
        seen.add(job.done)
        return state(job) == Job.State.DONE

    with worker(real_database, tmp_path, broker) as log:
        job = send(15, tmp_path / "mark")
        wait_for(over, "the end of the job", log)

    assert (job.done, job.total, job.attempts) == (15, 15, 1)
    assert seen & set(range(1, 15)), "no progress was seen before the end"


@pytest.mark.slow
def test_a_job_whose_worker_was_killed_is_taken_up_by_the_sweeper(real_database, tmp_path, broker):
    mark = tmp_path / "mark"
    with worker(real_database, tmp_path, broker) as log:
        job = send(15, mark)
        wait_for(lambda: mark.exists() and mark.read_text() != "", "the start of the job", log)
        wait_for(lambda: state(job) == Job.State.RUNNING, "the state of the job", log)
        os.kill(int(mark.read_text()), signal.SIGKILL)
        mark.unlink()
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())

        jobs.sweep()

        wait_for(lambda: state(job) == Job.State.DONE, "the second run", log)
    assert job.attempts >= 2
    assert job.done == 15


@pytest.mark.slow
def test_a_running_job_stops_when_it_is_asked_to(real_database, tmp_path, broker):
    with worker(real_database, tmp_path, broker) as log:
        job = send(300, tmp_path / "mark")
        wait_for(lambda: state(job) == Job.State.RUNNING, "the start of the job", log)

        jobs.stop(job)

        wait_for(lambda: state(job) == Job.State.STOPPED, "the stop", log)
    assert job.done < 300


@pytest.mark.slow
def test_two_runs_of_one_timetable_task_leave_one_heartbeat(real_database, tmp_path, broker):
    with worker(real_database, tmp_path, broker) as log:
        for _ in range(3):
            broker.put("core.tasks.beat_heart")
        wait_for(lambda: Heartbeat.objects.exclude(last_finished=None).exists(), "the heartbeat", log)
    assert Heartbeat.objects.count() == 1
