"""The daily check tells the auditors; the job of keeping removes whole seals only."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.auditing import check_seals, prune_events
from accounts.models import AccessEvent
from accounts.tasks import verify_audit
from core.models import Heartbeat, Notice, Seal
from core.sealing import seal_now
from core.tasks import seal_audit
from core.verifying import verify
from tests.core.auditing import fill, found_after, undone
from tests.database import as_owner
from tests.makers import make_user

pytestmark = pytest.mark.database


@pytest.fixture
def filled(real_database, settings, tmp_path):
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")
    fill(seals=3)


def test_every_audit_administrator_and_auditor_is_told_once(filled):
    people = {make_user(role, False).pk for role in ("audit_admin", "auditor")}
    make_user("security_admin", False)
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_rowhistory SET row_id = 0")
        check_seals()
        check_seals()
        assert set(Notice.objects.open().values_list("user_id", flat=True)) == people
        assert Notice.objects.count() == len(people)

    check_seals()
    assert not Notice.objects.open().exists()


def test_the_tasks_say_what_they_did(filled):
    AccessEvent.objects.create(kind="exported")

    assert seal_audit.delay().get() == 1
    assert "seals" in verify_audit.delay().get()
    assert Heartbeat.objects.filter(name="core.tasks.seal_audit", changed=1).exists()


def test_the_command_prints_the_latest_digest_or_fails(filled):
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert Seal.objects.order_by("number").last().digest in said.getvalue()

    with undone():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_rowhistory")
        with pytest.raises(CommandError, match="core_rowhistory"):
            call_command("verify_audit")


def test_only_events_under_seals_whose_time_is_over_are_removed(filled, settings):
    old, kept = Seal.objects.order_by("number")[1], AccessEvent.objects.order_by("pk").last()
    settings.AUDIT_DAYS = 200
    now = old.sealed_at + timedelta(days=200, microseconds=1)

    with as_owner():
        removed = prune_events(now)
        assert prune_events(now) == 0

    assert removed == sum(
        s.parts["accounts_accessevent"]["rows"] for s in Seal.objects.filter(number__lte=old.number)
    )
    assert not AccessEvent.objects.filter(transaction_number__lt=old.horizon).exists()
    assert AccessEvent.objects.filter(pk=kept.pk).exists()
    assert verify().is_whole
    assert not found_after(f"DELETE FROM accounts_accessevent WHERE id = {kept.pk}").is_whole
    seal_now()
    assert verify().is_whole


def test_an_event_put_back_after_its_time_is_found(filled):
    event = AccessEvent.objects.order_by("pk").first()
    with as_owner():
        prune_events(timezone.now() + timedelta(days=500))

    found = found_after(
        "INSERT INTO accounts_accessevent (id, at, kind, role, method, route, subject, reason, request_id,"
        f" transaction_number) VALUES (1, now(), 'x', '', '', '', '', '', '', {event.transaction_number})"
    )

    assert not found.is_whole


def test_no_setting_keeps_events_less_than_184_days(settings):
    assert settings.AUDIT_DAYS >= 184
