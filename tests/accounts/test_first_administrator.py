import os
import threading
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase

from accounts.models import User
from accounts.services import open_first_administrator
from tests.makers import make_user

FORM = {"username": "wang", "name": "王管理", "new": "Another-Long-Word-7", "again": "Another-Long-Word-7"}


class FirstRunTests(TestCase):
    def test_an_empty_installation_leads_to_the_first_account(self):
        self.assertRedirects(self.client.get("/sign-in/"), "/first-run/")

    def test_the_first_account_administers_security(self):
        response = self.client.post("/first-run/", FORM)

        self.assertRedirects(response, "/sign-in/")
        self.assertEqual(User.objects.get().roles, ("security_admin",))

    def test_a_weak_password_is_refused_and_what_was_typed_stays(self):
        response = self.client.post("/first-run/", FORM | {"new": "short", "again": "short"})

        self.assertContains(response, "王管理", status_code=422)
        self.assertFalse(User.objects.exists())

    def test_once_there_is_an_account_the_page_is_gone(self):
        make_user("helper")

        self.assertEqual(self.client.get("/first-run/").status_code, 404)
        self.assertEqual(self.client.post("/first-run/", FORM).status_code, 404)
        self.assertEqual(User.objects.count(), 1)


class CreateAdministratorTests(TestCase):
    def create(self, *words: str, password: str = "Another-Long-Word-7") -> str:
        out = StringIO()
        with patch.dict(os.environ, {"ADMINISTRATOR_PASSWORD": password}):
            call_command("create_administrator", *words, stdout=out, stderr=out)
        return out.getvalue()

    def test_the_account_is_open_and_the_password_is_not_printed(self):
        printed = self.create("li", "--role", "audit_admin")

        self.assertEqual(User.objects.get(username="li").roles, ("audit_admin",))
        self.assertTrue(User.objects.get(username="li").check_password("Another-Long-Word-7"))
        self.assertNotIn("Another-Long-Word-7", printed)

    def test_the_password_is_asked_for_twice(self):
        with (
            patch.dict(os.environ, clear=False) as environment,
            patch("accounts.management.commands.create_administrator.getpass") as asked,
        ):
            environment.pop("ADMINISTRATOR_PASSWORD", None)
            asked.side_effect = ["Another-Long-Word-7", "Another-Long-Word-8"]
            with self.assertRaisesMessage(CommandError, "differ"):
                call_command("create_administrator", "li")

    def test_a_name_twice_is_refused(self):
        self.create("li")

        with self.assertRaises(CommandError):
            self.create("li")

    def test_a_weak_password_is_refused(self):
        with self.assertRaises(CommandError):
            self.create("li", password="short")
        self.assertFalse(User.objects.exists())


@pytest.mark.slow
def test_of_two_first_administrators_at_once_one_is_refused(real_database: str) -> None:
    start, refused = threading.Barrier(2), []

    def try_it(name: str) -> None:
        start.wait()
        try:
            open_first_administrator(
                username=name, name=name, password="Another-Long-Word-7", role="security_admin"
            )
        except ValidationError:
            refused.append(name)
        finally:
            connection.close()

    people = [threading.Thread(target=try_it, args=(name,)) for name in ("li", "wang")]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert User.objects.count() == 1
    assert len(refused) == 1
