"""What is limited by the hour, one after the other and all at once."""

import os
import subprocess
import sys
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.hourly import claim_use, uses_left
from accounts.models import AccessEvent, HourlyUse
from accounts.reveals import is_unusual, tell_security
from core.models import Notice
from tests.accounts.factors import code_in, give_factor
from tests.database import environment_of
from tests.makers import make_user
from tests.serving import ROOT

REVEAL, COMPARE = HourlyUse.Kind.REVEAL, HourlyUse.Kind.COMPARE


class HourTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user()

    def test_as_many_as_the_limit_and_no_more(self):
        self.assertEqual([claim_use(self.user, REVEAL, 3) for _try in range(5)], [2, 1, 0, None, None])
        self.assertEqual(uses_left(self.user, REVEAL, 3), 0)

    def test_an_hour_later_all_are_there_again(self):
        claim_use(self.user, REVEAL, 1)
        with patch("accounts.hourly.timezone.now", return_value=timezone.now() + timedelta(minutes=61)):
            self.assertEqual(uses_left(self.user, REVEAL, 1), 1)
            self.assertEqual(claim_use(self.user, REVEAL, 1), 0)

    def test_refused_tries_do_not_lengthen_the_hour(self):
        claim_use(self.user, REVEAL, 1)
        for minutes in (20, 40, 59):
            with patch(
                "accounts.hourly.timezone.now", return_value=timezone.now() + timedelta(minutes=minutes)
            ):
                self.assertIsNone(claim_use(self.user, REVEAL, 1))
        with patch("accounts.hourly.timezone.now", return_value=timezone.now() + timedelta(minutes=61)):
            self.assertIsNotNone(claim_use(self.user, REVEAL, 1))

    def test_kinds_and_people_are_counted_apart(self):
        claim_use(self.user, REVEAL, 1)

        self.assertEqual(claim_use(self.user, COMPARE, 1), 0)
        self.assertEqual(claim_use(make_user(), REVEAL, 1), 0)

    def test_a_limit_of_none_lets_nothing_through(self):
        self.assertIsNone(claim_use(self.user, REVEAL, 0))


class UnusualTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user()

    def looked(self, times: int, days_ago: float) -> None:
        at = timezone.now() - timedelta(days=days_ago)
        AccessEvent.objects.bulk_create(
            AccessEvent(user=self.user, kind="revealed", at=at) for _time in range(times)
        )

    def test_few_are_never_unusual(self):
        self.looked(9, 0.1)

        self.assertFalse(is_unusual(self.user))

    def test_ten_on_a_first_day_are(self):
        self.looked(10, 0.1)

        self.assertTrue(is_unusual(self.user))

    @override_settings(REVEALS_UNUSUAL=3)
    def test_more_than_three_times_the_usual_day_is(self):
        for day in (2, 3, 9):
            self.looked(5, day)
        self.looked(15, 0.1)
        at_the_limit = is_unusual(self.user)
        self.looked(1, 0.1)

        self.assertEqual((at_the_limit, is_unusual(self.user)), (False, True))

    def test_the_notice_counts_comparisons_too(self):
        administrator = make_user("security_admin", False)
        self.looked(2, 0.1)
        AccessEvent.objects.create(user=self.user, kind="compared")
        tell_security(self.user)

        self.assertEqual(Notice.objects.get(user_id=administrator.pk).values, {"count": 3})


def together(database: str, *words: object) -> int:
    """Successes of five processes that start at the same moment."""
    environment = {**os.environ, **environment_of(database)}
    command = [sys.executable, "-m", "tests.accounts.together", *map(str, words)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    running = [subprocess.Popen(command, env=environment, **pipes) for _process in range(5)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 5
    return sum(int(answer) for answer in answers)


@pytest.mark.slow
def test_of_a_hundred_looks_by_fifty_clients_at_once_the_limit_gets_through(real_database: str) -> None:
    user = make_user()

    assert together(real_database, "use", user.pk, 10, 2, 30) == 30


@pytest.mark.slow
def test_a_code_brought_by_fifty_clients_at_once_lets_one_in(real_database: str) -> None:
    user = make_user("auditor")
    factor, recovery = give_factor(user)

    assert together(real_database, "code", user.pk, 10, 1, code_in(factor, 1)) == 1
    assert together(real_database, "code", user.pk, 10, 1, recovery[0]) == 1
