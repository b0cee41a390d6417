import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import attempts
from accounts.attempts import claim_try, give_back
from accounts.models import AccessEvent, SignInAttempts
from tests.database import environment_of
from tests.makers import PASSWORD, make_user
from tests.serving import ROOT

NAME = b"a keyed hash of the name"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


class ClaimTests(TestCase):
    def setUp(self):
        self.now = timezone.now()

    def claims(self, *after: float) -> list[bool]:
        return [claim_try(NAME, self.now + minutes(m)) for m in after]

    def test_five_tries_are_looked_at_the_sixth_is_not(self):
        self.assertEqual(self.claims(0, 0.1, 0.2, 0.3, 0.4, 0.5), [True] * 5 + [False])

    def test_the_lock_opens_fifteen_minutes_after_the_fifth_try(self):
        self.claims(0, 1, 2, 3, 4)

        self.assertEqual(self.claims(18.9, 19.1), [False, True])

    def test_tries_during_the_lock_do_not_lengthen_it(self):
        self.claims(0, 0, 0, 0, 0)

        self.assertEqual(self.claims(5, 10, 14.9, 15.1), [False, False, False, True])

    def test_five_tries_in_any_fifteen_minutes_lock_not_only_from_the_first_on(self):
        self.assertEqual(self.claims(0, 14, 14, 14, 16, 16, 16), [True] * 6 + [False])

    def test_tries_further_apart_never_lock(self):
        self.assertEqual(self.claims(*range(0, 60, 4)), [True] * 15)

    def test_another_name_is_not_touched(self):
        self.claims(0, 0, 0, 0, 0)

        self.assertTrue(claim_try(b"another name", self.now))

    def test_a_right_password_does_not_count(self):
        self.claims(0, 0.1, 0.2, 0.3, 0.4)
        give_back(NAME, self.now + minutes(0.4))

        self.assertEqual(self.claims(0.5, 0.6), [True, False])

    def test_what_no_longer_counts_is_forgotten(self):
        claim_try(b"old", self.now - minutes(40))
        claim_try(NAME, self.now)

        self.assertEqual(attempts.forget_old_tries(), 1)
        self.assertEqual(bytes(SignInAttempts.objects.get().name_hash), NAME)


class LockedSignInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_user("security_admin", False, username="wang")

    def post(self, name: str, password: str):
        return self.client.post("/sign-in/", {"username": name, "password": password})

    def test_during_the_lock_even_the_right_password_is_not_looked_at(self):
        for _try in range(5):
            self.post("wang", "wrong")

        response = self.post("wang", PASSWORD)

        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.headers["Retry-After"], "900")
        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(AccessEvent.objects.filter(kind="sign_in_locked").count(), 1)

    def test_an_unknown_name_is_locked_alike(self):
        codes = [self.post("nobody", "wrong").status_code for _try in range(6)]

        self.assertEqual(codes, [422] * 5 + [429])

    def test_a_lock_of_one_name_leaves_the_others_of_the_office_alone(self):
        for _try in range(6):
            self.post("nobody", "wrong")

        self.assertEqual(self.post("wang", PASSWORD).status_code, 302)


@pytest.mark.slow
def test_of_a_hundred_guesses_by_fifty_clients_at_once_five_are_evaluated(real_database: str) -> None:
    make_user("security_admin", False, username="wang")
    environment = {**os.environ, **environment_of(real_database)}
    words = [sys.executable, "-m", "tests.accounts.guessing", "wang", "10", "2"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}

    running = [subprocess.Popen(words, env=environment, **pipes) for _process in range(5)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=60)

    kinds = Counter(AccessEvent.objects.values_list("kind", flat=True))
    assert [process.returncode for process in running] == [0] * 5
    assert kinds == {"sign_in_refused": 5, "sign_in_locked": 95}
