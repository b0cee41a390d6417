from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.test import TestCase, override_settings
from django.utils import timezone

from accounts import services
from accounts.dormancy import close_dormant_accounts
from accounts.models import User
from core.models import Change
from tests.makers import make_user


def ago(days: int):
    return timezone.now() - timedelta(days=days)


def seen(days: int, role: str = "helper", **fields: Any) -> User:
    """Somebody with an old account who came last so many days ago."""
    return make_user(role, False, created_at=ago(400), last_seen_at=ago(days), **fields)


@override_settings(DORMANT_DAYS=90)
class DormancyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.administrator = seen(1, "security_admin")

    def still_open(self, user: User) -> bool:
        return User.objects.get(pk=user.pk).is_active

    def test_ninety_days_without_a_sign_in_close_an_account_with_the_reason(self):
        used = seen(89)
        unused = seen(91)

        self.assertEqual(close_dormant_accounts(), 1)

        self.assertEqual((self.still_open(used), self.still_open(unused)), (True, False))
        self.assertIn("90", User.objects.get(pk=unused.pk).deactivated_reason)
        self.assertTrue(Change.objects.filter(kind="account.closed", reason__contains="90").exists())

    def test_an_account_that_was_never_used_counts_from_its_opening(self):
        new = make_user("helper", False, created_at=ago(10))
        old = make_user("helper", False, created_at=ago(100))

        close_dormant_accounts()

        self.assertEqual((self.still_open(new), self.still_open(old)), (True, False))

    def test_a_reopened_account_gets_its_days_anew(self):
        person = seen(200)
        close_dormant_accounts()
        services.reopen_account(person, reason="回来", actor=self.administrator)

        self.assertEqual(close_dormant_accounts(), 0)
        self.assertTrue(self.still_open(person))

    def test_the_last_security_administrator_stays_open(self):
        User.objects.filter(pk=self.administrator.pk).update(last_seen_at=ago(120))
        other = seen(200, "security_admin")

        self.assertEqual(close_dormant_accounts(), 1)

        self.assertEqual((self.still_open(self.administrator), self.still_open(other)), (True, False))

    def test_a_second_run_changes_nothing(self):
        seen(91)
        close_dormant_accounts()

        self.assertEqual(close_dormant_accounts(), 0)

    def test_who_is_closed_soon_is_listed_beforehand_with_the_days_left(self):
        soon = seen(85, name="周三")
        seen(60, name="周四")
        self.client.force_login(self.administrator)

        answer = self.client.get("/accounts/?state=soon")

        self.assertEqual(answer.context["people"], [(soon, 5)])
        self.assertEqual(self.client.get("/accounts/").context["closing_soon"], 1)

    def test_the_accounts_of_a_demonstration_stay(self):
        person = seen(200)

        with patch("accounts.dormancy.is_demonstration", return_value=True):
            self.assertEqual(close_dormant_accounts(), 0)

        self.assertTrue(self.still_open(person))
