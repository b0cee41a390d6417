"""gunicorn as it runs everywhere: `make run`, the tests and production."""

import os
import shutil
import tempfile
from typing import Any

wsgi_app = "poverty.wsgi"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
# Its own lines would stand beside the structured ones of the project.
accesslog = None

# Each worker writes its figures here, and any of them answers `/metrics` for all.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """A worker that ended no longer counts among the living."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
