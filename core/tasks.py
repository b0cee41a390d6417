"""The tasks of core: doorbells that call one service each."""

from celery import shared_task

from core import files, jobs, notices, sealing


@shared_task(ignore_result=True)
def run_job(job_id: int) -> None:
    """Do the job with this key, unless another worker has it."""
    jobs.run_job(job_id)


@shared_task(ignore_result=True)
def sweep_jobs() -> int:
    """Send lost jobs again."""
    return jobs.sweep()


@shared_task(ignore_result=True)
def beat_heart() -> None:
    """Prove that a worker consumes: the timetable writes the heartbeat row."""


@shared_task(ignore_result=True)
def prune_files() -> int:
    """Erase files whose time of keeping is over."""
    return files.prune()


@shared_task(ignore_result=True)
def prune_notices() -> int:
    """Delete notices whose time of keeping is over."""
    return notices.prune()


@shared_task(ignore_result=True)
def seal_audit() -> int:
    """Seal the audit rows that became final; return how many."""
    made = sealing.seal_now()
    return sum(part["rows"] for part in made.parts.values()) if made else 0
