"""What a browser may send by mistake or on purpose: always a sentence, never a 500."""

import tempfile
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.policy import POLICY, SIGNED_IN
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.routes import Route, all_routes
from tests.accounts.objects import COMMON, MAKERS
from tests.makers import PASSWORD, make_township, make_user, make_village, make_village_year
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")
ENGLISH = {"Accept-Language": "en"}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "\x00/",
    "/%0d%0aSet-Cookie:x=1",
    " //evil.example",
)
ODD_QUERIES = (
    "year=2999&as_of=2999-12-31&page=99999&sort=evil&compare=2998&state=x&kind=x",
    "year=1990&as_of=1900-01-01&page=-1&town=999999999&village=999999999999&source=99999999999999999999",
    "year=abc&as_of=abc&page=abc&area=%00&town=%27%3B--&status=%00&kind=%00&state=%00&q=%00&words=%00",
    "year=2016&as_of=2016-02-30&page=1e9&gap=NaN&changed=2016-13-01&plan=Infinity&sort=%00&from=x&to=x",
    "year=%F0%9F%92%A5&as_of=%C0%80&page=%E2%88%9E&year=&&=&%",
)
ODD_BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"reason": "\x00", "words": "\x00", "name": "\x00", "code": "\x00", "password": "\x00", "typed": "\x00"},
    {
        "reason": "x" * 9999,
        "words": "%" * 60,
        "area": "9" * 60,
        "roles": ["boss"],
        "year": "9" * 40,
        "pk": "9" * 40,
        "version": "-1",
        "from_day": "0000-00-00",
    },
)


class CookieTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("township_clerk")

    def test_odd_session_cookies_are_no_session(self):
        for value in ("", "x" * 5000, "../../etc/passwd", "%00", "' OR 1=1 --", "é" * 32):
            client = self.client_class()
            client.cookies["session"] = quote(value, safe="' =-")
            with self.subTest(value=value[:20]):
                answer = client.get("/account/")
                self.assertEqual(answer.status_code, 302)
                self.assertTrue(answer.headers["Location"].startswith("/sign-in/"))

    def test_a_session_whose_row_was_changed_is_no_session(self):
        sign_in(self.client, self.user)
        Session.objects.update(session_data="eyJhIjoxfQ:forged:signature")

        self.assertEqual(self.client.get("/account/").status_code, 302)

    def test_somebody_elses_half_way_session_opens_nothing(self):
        session = self.client.session
        session["half_way"] = {"user": self.user.pk, "at": 9999999999, "proof": "forged"}
        session.save()

        self.assertRedirects(self.client.post("/sign-in/code/", {"code": "123456"}), "/sign-in/")

    def test_odd_language_and_csrf_cookies_do_no_harm(self):
        self.client.cookies["language"] = "xx-%00"
        self.client.cookies["csrf"] = "forged"

        self.assertEqual(self.client.get("/sign-in/").status_code, 200)

    @override_settings(
        SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True, CSRF_COOKIE_NAME="__Host-csrf",
        CSRF_COOKIE_SECURE=True,
    )  # fmt: skip
    def test_under_tls_both_cookies_belong_to_this_host_alone(self):
        answer = self.client.post(
            "/sign-in/", {"username": self.user.username, "password": PASSWORD}, secure=True
        )

        for name in ("__Host-session", "__Host-csrf"):
            cookie = answer.cookies[name]
            self.assertEqual((cookie["secure"], cookie["path"], cookie["domain"]), (True, "/", ""))
        self.assertTrue(answer.cookies["__Host-session"]["httponly"])
        self.assertEqual(answer.cookies["__Host-session"]["samesite"], "Lax")


class DoorTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("township_clerk", username="wang")

    def test_the_way_back_leads_nowhere_else(self):
        for wanted in ELSEWHERE:
            client = self.client_class()
            with self.subTest(wanted=wanted):
                answer = client.post("/sign-in/", {"username": "wang", "password": PASSWORD, "next": wanted})
                self.assertEqual(answer.status_code, 302)
                place = answer.headers["Location"]
                self.assertTrue(place.startswith("/") and not place.startswith(("//", "/\\")), place)
                self.assertNotIn("\n", place)

    def test_somebody_signed_in_is_not_sent_elsewhere_either(self):
        sign_in(self.client, self.user)
        for wanted in ELSEWHERE:
            with self.subTest(wanted=wanted):
                answer = self.client.get("/sign-in/", {"next": wanted})
                self.assertFalse(answer.headers["Location"].startswith(("//", "/\\", "http", "java")))

    def test_the_language_switch_leads_nowhere_else(self):
        for wanted in ELSEWHERE:
            answer = self.client.post("/language/", {"language": "en", "next": wanted})
            with self.subTest(wanted=wanted):
                self.assertNotIn("evil", answer.headers.get("Location", ""))

    def test_a_form_without_its_token_is_refused_with_a_sentence(self):
        client = Client(enforce_csrf_checks=True)
        sign_in(client, self.user)
        answer = client.post("/account/", {"language": "en"}, headers=ENGLISH)

        self.assertContains(answer, "The page was open for too long", status_code=403)

    def test_a_form_from_another_site_is_refused(self):
        client = Client(enforce_csrf_checks=True)
        client.get("/sign-in/")
        token = client.cookies["csrf"].value
        answer = client.post(
            "/sign-in/",
            {"username": "wang", "password": PASSWORD, "csrfmiddlewaretoken": token},
            headers={"Origin": "https://evil.example"},
        )

        self.assertEqual(answer.status_code, 403)

    def test_odd_names_and_passwords_are_refused_with_a_sentence(self):
        for name, password in (
            ("\x00", "x"),
            ("x" * 61, "x"),
            ("x", "x" * 129),
            ("", ""),
            ("￿", "\x00"),
            ("' OR 1=1", "x"),
        ):
            with self.subTest(name=name[:9]):
                self.assertEqual(
                    self.client.post("/sign-in/", {"username": name, "password": password}).status_code, 422
                )

    def test_a_method_that_a_page_does_not_know_is_answered_with_a_sentence(self):
        sign_in(self.client, self.user)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            with self.subTest(method=method):
                answer = self.client.generic(method, "/account/", headers=ENGLISH)
                self.assertContains(answer, "cannot be asked in this way", status_code=405)
                self.assertIn("GET", answer.headers["Allow"])

    def test_a_body_that_is_too_long_is_refused_with_a_sentence(self):
        sign_in(self.client, self.user)
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            with self.subTest(kind=kind):
                answer = self.client.generic(
                    "POST", "/households/search/", b"words=" + b"x" * 6_000_000, kind, headers=ENGLISH
                )
                self.assertLess(answer.status_code, 500)


class EveryPageTests(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))

    @classmethod
    def setUpTestData(cls):
        cls.village = make_village()
        make_village_year(cls.village)
        cls.users: dict[str, User] = {}

    def user(self, right: str) -> User:
        role = next(code for code, role in ROLES.items() if right in ("", SIGNED_IN) or right in role.rights)
        if role not in self.users:
            self.users[role] = make_user(role, False if role in ADMINISTRATORS else make_township())
        return self.users[role]

    def address(self, route: Route, user: User) -> str:
        if not route.parameters:
            return reverse(route.name)
        known = COMMON | MAKERS[POLICY[route.name].scope](self.village, user)
        return reverse(route.name, kwargs={name: known[name] for name in route.parameters})

    def routes(self, method: str) -> list[tuple[Route, User]]:
        found = [(route, POLICY[route.name].right_for(method)) for route in all_routes()]
        skipped = {"core:readyz"}
        return [
            (route, self.user(right))
            for route, right in found
            if right is not None and route.name not in skipped
        ]

    def test_odd_conditions_in_the_address_never_break_a_page(self):
        for route, user in self.routes("GET"):
            sign_in(self.client, user)
            address = self.address(route, user)
            for query in ODD_QUERIES:
                with self.subTest(route=route.name, query=query):
                    self.assertLess(self.client.get(f"{address}?{query}").status_code, 500)

    def test_odd_bodies_never_break_a_page(self):
        for route, user in self.routes("POST"):
            for body in ODD_BODIES:
                sign_in(self.client, User.objects.get(pk=user.pk))
                with self.subTest(route=route.name, body=list(body)):
                    self.assertLess(self.client.post(self.address(route, user), body).status_code, 500)

    def test_json_where_a_form_belongs_never_breaks_a_page(self):
        for route, user in self.routes("POST"):
            sign_in(self.client, User.objects.get(pk=user.pk))
            with self.subTest(route=route.name):
                answer = self.client.post(self.address(route, user), "[" * 5000, "application/json")
                self.assertLess(answer.status_code, 500)
