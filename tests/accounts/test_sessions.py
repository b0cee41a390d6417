import time

from django.contrib.sessions.models import Session
from django.test import RequestFactory, TestCase

from accounts import services
from accounts.middleware import BEGAN, SEEN, ask_to_sign_in
from accounts.models import AccessEvent, User
from accounts.signing_in import forget_what_is_over
from tests.makers import PASSWORD, make_user

MINUTE, HOUR = 60, 3600


class SessionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.clerk = make_user("township_clerk")
        cls.administrator = make_user("system_admin", False)

    def signed_in(self, user: User, *, idle: int = 0, age: int = 0):
        """A browser whose person came in `age` seconds ago and did something `idle` seconds ago."""
        client = self.client_class()
        client.force_login(user)
        session = client.session
        session[BEGAN], session[SEEN] = int(time.time()) - age, int(time.time()) - idle
        session.save()
        return client

    def is_in(self, client) -> bool:
        return client.get("/account/").status_code == 200

    def test_half_an_hour_without_work_ends_the_session(self):
        self.assertTrue(self.is_in(self.signed_in(self.clerk, idle=29 * MINUTE)))
        self.assertFalse(self.is_in(self.signed_in(self.clerk, idle=31 * MINUTE)))

    def test_an_administrator_has_a_quarter_of_an_hour(self):
        self.assertTrue(self.is_in(self.signed_in(self.administrator, idle=14 * MINUTE)))
        self.assertFalse(self.is_in(self.signed_in(self.administrator, idle=16 * MINUTE)))

    def test_after_ten_hours_the_session_ends_however_busy(self):
        self.assertTrue(self.is_in(self.signed_in(self.clerk, age=10 * HOUR - MINUTE)))
        self.assertFalse(self.is_in(self.signed_in(self.clerk, age=10 * HOUR + MINUTE)))

    def test_work_keeps_the_session_awake(self):
        client = self.signed_in(self.clerk, idle=29 * MINUTE)
        client.get("/account/")

        self.assertLess(time.time() - client.session[SEEN], MINUTE)

    def test_a_part_that_asks_by_itself_does_not_keep_it_awake(self):
        client = self.signed_in(self.clerk, idle=29 * MINUTE)
        client.get("/jobs/987654321/", headers={"HX-Request": "true"})

        self.assertGreater(time.time() - client.session[SEEN], 28 * MINUTE)

    def test_the_end_is_recorded(self):
        self.signed_in(self.clerk, idle=31 * MINUTE).get("/account/")

        event = AccessEvent.objects.get(kind="session_ended")
        self.assertEqual((event.user, event.reason), (self.clerk, "idle"))

    def test_the_way_back_is_kept(self):
        response = self.signed_in(self.clerk, idle=31 * MINUTE).get("/jobs/?state=done")

        self.assertEqual(response.headers["Location"], "/sign-in/?next=%2Fjobs%2F%3Fstate%3Ddone")

    def test_htmx_is_told_to_leave_the_page(self):
        client = self.signed_in(self.clerk, idle=31 * MINUTE)
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?state=done"}

        response = client.get("/jobs/5/", headers=headers)

        self.assertEqual(response.status_code, 401)
        self.assertEqual(response.headers["HX-Redirect"], "/sign-in/?next=%2Fjobs%2F%3Fstate%3Ddone")

    def test_a_program_is_told_401(self):
        response = ask_to_sign_in(RequestFactory().get("/api/v1/households/"))

        self.assertEqual(response.status_code, 401)
        self.assertIn("WWW-Authenticate", response.headers)

    def test_what_is_over_is_forgotten(self):
        client = self.signed_in(self.clerk)
        Session.objects.filter(pk=client.session.session_key).update(expire_date="2016-01-01T00:00Z")

        self.assertEqual(forget_what_is_over(), 1)

    def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(self):
        here, elsewhere = self.signed_in(self.clerk), self.signed_in(self.clerk)
        new = "Another-Long-Word-7"

        here.post("/account/password/", {"current": PASSWORD, "new": new, "again": new})

        self.assertTrue(self.is_in(here))
        self.assertFalse(self.is_in(elsewhere))

    def test_closing_the_account_ends_its_sessions(self):
        client = self.signed_in(self.clerk)
        services.close_account(self.clerk, reason="left", actor=None)

        self.assertFalse(self.is_in(client))

    def test_a_change_of_role_ends_the_sessions(self):
        client = self.signed_in(self.clerk)
        services.set_roles(self.clerk, ["helper"], actor=None)

        self.assertFalse(self.is_in(client))

    def test_a_change_of_area_ends_the_sessions(self):
        client = self.signed_in(self.clerk)
        services.take_back_grant(self.clerk.grants.get(), actor=None)

        self.assertFalse(self.is_in(client))

    def test_a_stolen_cookie_is_worth_nothing_after_sign_out(self):
        client, thief = self.signed_in(self.clerk), self.client_class()
        thief.cookies = client.cookies.copy()
        client.post("/sign-out/")

        self.assertFalse(self.is_in(thief))

    def test_an_invented_cookie_is_worth_nothing(self):
        self.client.cookies["session"] = "abcdefghijklmnopqrstuvwxyz012345"

        self.assertFalse(self.is_in(self.client))

    def test_pages_of_a_signed_in_person_are_not_stored(self):
        response = self.signed_in(self.clerk).get("/account/")

        self.assertIn("no-store", response.headers["Cache-Control"])
