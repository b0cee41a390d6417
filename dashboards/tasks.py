"""The tasks of the dashboards: doorbells that call one service each."""

from celery import shared_task

from dashboards import digest


@shared_task(ignore_result=True)
def send_digests() -> int:
    """Tell everybody for whom something waits."""
    return digest.send_digests()
