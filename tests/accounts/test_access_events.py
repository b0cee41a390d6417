from django.db import Error, connection, transaction
from django.test import TestCase

from accounts.models import AccessEvent
from tests.database import as_owner
from tests.makers import make_user


class AccessEventTests(TestCase):
    def test_a_refused_page_is_recorded_with_the_right_that_lacked(self):
        user = make_user("helper")
        self.client.force_login(user)

        self.client.get("/accounts/")

        event = AccessEvent.objects.get(kind="refused")
        self.assertEqual(
            (event.user, event.role, event.route, event.reason, event.address),
            (user, "helper", "accounts:user-list", "view_accounts", "127.0.0.1"),
        )

    def test_an_object_that_was_not_found_is_recorded(self):
        self.client.force_login(make_user("county_office"))

        self.client.get("/jobs/987654321/")

        self.assertEqual(AccessEvent.objects.get(kind="not_found").subject, "987654321")

    def test_an_event_can_be_neither_changed_nor_removed_not_even_by_the_owner(self):
        AccessEvent.objects.create(kind="signed_in")

        for statement in ("UPDATE accounts_accessevent SET route = 'x'", "DELETE FROM accounts_accessevent"):
            for _who in ("application", "owner"):
                with self.subTest(statement), self.assertRaises(Error), transaction.atomic():
                    self._run(statement, as_owner_too=_who == "owner")
        self.assertEqual(AccessEvent.objects.get().route, "")

    def _run(self, statement: str, *, as_owner_too: bool) -> None:
        if as_owner_too:
            with as_owner(), connection.cursor() as cursor:
                cursor.execute(statement)
        else:
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def test_the_address_comes_from_the_configured_proxy_only(self):
        for proxy, address in ((None, "127.0.0.1"), (("HTTP_X_FORWARDED_PROTO", "https"), "10.1.2.3")):
            with self.subTest(proxy), self.settings(SECURE_PROXY_SSL_HEADER=proxy):
                self.client.post(
                    "/sign-in/",
                    {"username": "nobody", "password": "x"},
                    headers={"X-Forwarded-For": "1.1.1.1, 10.1.2.3"},
                )
                self.assertEqual(AccessEvent.objects.latest("pk").address, address)
