"""Security administrators who close each other at the same moment: one always stays."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts import services
from accounts.models import User
from tests.makers import make_user

pytestmark = pytest.mark.slow


def close(victim: User, actor: User, start: threading.Barrier, answers: list[str]) -> None:
    try:
        connection.ensure_connection()
        start.wait()
        services.close_account(victim, reason="x", actor=actor)
        answers.append("closed")
    except ValidationError:
        answers.append("refused")
    finally:
        connection.close()


def test_two_who_close_each_other_leave_one(real_database: str) -> None:
    for _round in range(5):
        User.objects.filter(groups__name="security_admin").update(is_active=True, deactivated_at=None)
        pair = list(User.objects.filter(groups__name="security_admin"))
        pair = pair or [make_user("security_admin", False), make_user("security_admin", False)]
        one, other = (User.objects.get(pk=user.pk) for user in pair)
        start, answers = threading.Barrier(2), list[str]()
        threads = [
            threading.Thread(target=close, args=(*people, start, answers))
            for people in ((one, other), (other, one))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers) == ["closed", "refused"]
        assert User.objects.filter(groups__name="security_admin", is_active=True).count() == 1
