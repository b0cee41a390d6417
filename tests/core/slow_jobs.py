"""Kinds of jobs for tests with real workers: `celery -A tests.core.slow_jobs worker`."""

import os
import time
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402

from core.jobs import job_kind  # noqa: E402
from core.models import Job  # noqa: E402
from poverty.celery import app  # noqa: E402

__all__ = ["app"]


@job_kind("test.slow")
def count_slowly(job: Job) -> None:
    """Count in one long transaction; leave the process's number where the test finds it."""
    Path(job.arguments["mark"]).write_text(str(os.getpid()))
    with transaction.atomic():
        for number in range(job.arguments["steps"]):
            time.sleep(0.1)
            job.progress(number + 1, job.arguments["steps"], "counting")
