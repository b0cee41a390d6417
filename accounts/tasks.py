"""The tasks of accounts: doorbells that call one service each."""

from celery import shared_task

from accounts import auditing, dormancy, idempotency, signing_in


@shared_task(ignore_result=True)
def forget_what_is_over() -> int:
    """Remove sessions that have ended and tries that no longer count."""
    return signing_in.forget_what_is_over() + idempotency.forget_answers()


@shared_task(ignore_result=True)
def close_dormant_accounts() -> int:
    """Close accounts that nobody has used for too long."""
    return dormancy.close_dormant_accounts()


@shared_task(ignore_result=True)
def verify_audit() -> str:
    """Recompute every seal of the audit and tell the auditors when one does not hold."""
    found = auditing.check_seals()
    return f"{found.seals} seals, {found.rows} rows" if found.is_whole else f"broken: {found.broken_seal}"
