from unittest.mock import patch

from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import TestCase
from django.urls import reverse

from accounts import demonstration, services
from accounts.models import AccessEvent, User
from core.clock import forget_installation
from core.models import Installation
from tests.makers import PASSWORD, make_area, make_user, make_village

SIGN_IN = "/sign-in/"


class SignInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("security_admin", False, username="wang")

    def sign_in(self, username: str = "wang", password: str = PASSWORD, **more: str):
        return self.client.post(SIGN_IN, {"username": username, "password": password, **more})

    def test_the_right_password_opens_the_first_page_of_the_role(self):
        response = self.sign_in()

        self.assertRedirects(response, reverse("dashboards:home"))
        self.assertEqual(AccessEvent.objects.get(kind="signed_in").user, self.user)

    def test_the_user_name_may_be_typed_full_width_and_in_capitals(self):
        self.assertEqual(self.sign_in(" ＷＡＮＧ ").status_code, 302)

    def test_a_wrong_password_is_refused_and_recorded(self):
        response = self.sign_in(password="wrong")

        self.assertContains(response, "wang", status_code=422)
        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(AccessEvent.objects.get().kind, "sign_in_refused")

    def test_an_unknown_name_is_answered_like_a_wrong_password(self):
        def answer(name: str) -> str:
            body = self.sign_in(name, "wrong").content.decode()
            return body.replace(name, "").split("<main")[1].split("csrfmiddlewaretoken")[0]

        self.assertEqual(answer("wang"), answer("nobody"))

    def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(self):
        make_user("security_admin", False, username="never")
        User.objects.filter(username="never").update(password="!")
        services.close_account(make_user("helper", username="closed"), reason="left", actor=None)
        counts, encode = [], MD5PasswordHasher.encode
        for name in ("wang", "nobody", "closed", "never"):
            with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashed:
                self.sign_in(name, "wrong")
            counts.append(hashed.call_count)

        self.assertEqual(counts, [1, 1, 1, 1])

    def test_a_closed_account_is_answered_like_a_wrong_password(self):
        make_user("security_admin", False)
        services.close_account(self.user, reason="left", actor=None)

        self.assertEqual(self.sign_in().status_code, 422)

    def test_what_was_typed_as_a_name_is_not_kept(self):
        self.sign_in("My-Secret-Password", "wrong")

        event = AccessEvent.objects.get()
        self.assertIsNone(event.user)
        self.assertEqual(len(bytes(event.name_hash)), 32)

    def test_the_session_gets_a_new_id(self):
        self.client.get(SIGN_IN)
        session = self.client.session
        session["planted"] = "by somebody else"
        session.save()
        before = session.session_key

        self.sign_in()

        self.assertNotEqual(self.client.session.session_key, before)
        self.assertNotIn("planted", self.client.session)
        self.assertFalse(Session.objects.filter(pk=before).exists())

    def test_the_page_that_was_asked_for_comes_next(self):
        response = self.sign_in(next="/account/password/")

        self.assertRedirects(response, "/account/password/")

    def test_an_address_of_another_host_is_not_followed(self):
        for elsewhere in (
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
        ):
            with self.subTest(elsewhere):
                self.assertEqual(self.sign_in(next=elsewhere).headers["Location"], "/home/")
                self.client.logout()

    def test_sign_out_ends_the_session_on_the_server(self):
        self.sign_in()
        key = self.client.session.session_key

        self.client.post("/sign-out/")

        self.assertFalse(Session.objects.filter(pk=key).exists())
        self.assertTrue(AccessEvent.objects.filter(kind="signed_out", user=self.user).exists())

    def test_sign_out_by_get_is_refused(self):
        self.sign_in()

        self.assertEqual(self.client.get("/sign-out/").status_code, 405)
        self.assertIn("_auth_user_id", self.client.session)

    def test_the_page_speaks_the_language_of_the_person(self):
        User.objects.filter(pk=self.user.pk).update(language="en")

        self.assertEqual(self.sign_in().cookies["language"].value, "en")

    def test_a_form_without_its_token_is_refused(self):
        client = self.client_class(enforce_csrf_checks=True)

        response = client.post(SIGN_IN, {"username": "wang", "password": PASSWORD})
        self.assertEqual(response.status_code, 403)


class DemonstrationSignInTests(TestCase):
    def setUp(self):
        self.addCleanup(forget_installation)

    def mark(self, demonstration: bool) -> None:
        Installation.objects.update_or_create(
            pk=1, defaults={"demonstration": demonstration, "first_started_on": "2016-10-18"}
        )
        forget_installation()

    def test_the_people_are_listed_and_a_click_fills_in_the_form(self):
        self.mark(True)
        make_village()
        demonstration.create_demonstration_users(make_area())

        self.assertContains(self.client.get(SIGN_IN), 'href="?as=xian')
        self.assertContains(self.client.get(SIGN_IN + "?as=xian"), demonstration.PASSWORD)

    def test_each_of_them_can_sign_in(self):
        self.mark(True)
        make_village()
        made = demonstration.create_demonstration_users(make_area())

        self.assertEqual(len(made), len(demonstration.DEMONSTRATION_USERS))
        for user in made:
            with self.subTest(user.username):
                values = {"username": user.username, "password": demonstration.PASSWORD}
                self.assertEqual(self.client.post(SIGN_IN, values).status_code, 302)
                self.client.logout()

    def test_they_are_made_once(self):
        self.mark(True)
        make_village()
        demonstration.create_demonstration_users(make_area())

        self.assertEqual(demonstration.create_demonstration_users(make_area()), [])

    def test_elsewhere_nobody_is_listed_and_nothing_is_filled_in(self):
        self.mark(False)
        make_user("county_office", username="xian")

        response = self.client.get(SIGN_IN + "?as=xian")

        self.assertNotContains(response, 'href="?as=')
        self.assertNotContains(response, demonstration.PASSWORD)

    def test_elsewhere_they_are_not_made(self):
        self.mark(False)
        make_village()

        with self.assertRaises(ValueError):
            demonstration.create_demonstration_users(make_area())
