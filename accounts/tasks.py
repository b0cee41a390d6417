"""The tasks of accounts: doorbells that call one service each."""

from celery import shared_task

from accounts import dormancy, idempotency, signing_in


@shared_task(ignore_result=True)
def forget_what_is_over() -> int:
    """Remove sessions that have ended and tries that no longer count."""
    return signing_in.forget_what_is_over() + idempotency.forget_answers()


@shared_task(ignore_result=True)
def close_dormant_accounts() -> int:
    """Close accounts that nobody has used for too long."""
    return dormancy.close_dormant_accounts()
