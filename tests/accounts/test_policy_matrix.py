"""Every route asked without signing in, without a grant, by a program, and for what does not exist.

Every role asks in `test_access_matrix.py`.
"""

import re
import tempfile
from typing import Any

from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.policy import NAMES_AN_OBJECT, POLICY, SIGNED_IN, Entry, Scope
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.routes import Route, all_routes, entries_without_route, routes_without_entry
from accounts.tokens import end_token, make_token, rights_to_give
from tests.accounts.objects import COMMON, IN_AN_AREA, MAKERS, MISSING
from tests.makers import make_township, make_user, make_village

HERE, NEXT = "999001101000", "999001102000"


def pages() -> list[Route]:
    """The routes that ask who is there."""
    return [route for route in all_routes() if not POLICY.get(route.name, Entry(Scope.OWN, {})).is_public]


class CompletenessTests(SimpleTestCase):
    def test_every_route_has_an_entry(self):
        self.assertEqual(routes_without_entry(), [])

    def test_every_entry_has_a_route(self):
        self.assertEqual(entries_without_route(), [])

    def test_every_rule_that_names_an_object_has_a_maker(self):
        self.assertEqual(NAMES_AN_OBJECT - MAKERS.keys(), set())

    def test_only_what_must_be_is_open_to_anyone(self):
        public = {name for name, entry in POLICY.items() if entry.is_public}

        self.assertEqual(
            public,
            {
                "accounts:sign-in",
                "accounts:sign-in-code",
                "accounts:first-run",
                "set_language",
                "core:healthz",
                "core:readyz",
                "core:metrics",
            },
        )

    def test_every_right_is_held_by_some_role(self):
        for name, entry in POLICY.items():
            for right in set(entry.rights.values()) - {"", SIGNED_IN}:
                with self.subTest(name):
                    self.assertTrue(any(right in role.rights for role in ROLES.values()))


def role_with(right: str) -> str:
    """The first role that holds `right`."""
    return next(code for code, role in ROLES.items() if right == SIGNED_IN or right in role.rights)


def body_of(response: Any) -> str:
    """The answer without what differs from request to request: token, number, address."""
    text = response.content.decode()
    text = re.sub(r'(csrf-token" content|name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", text)
    text = re.sub(r'name="next" value="[^"]*"', "", text)
    text = re.sub(r'value="[0-9a-f]{32}"', "", text)
    return re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}", "", text)


class MatrixTests(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))

    @classmethod
    def setUpTestData(cls):
        cls.village = make_village(HERE[:9] + "201", "甲村")
        make_village(NEXT[:9] + "201", "乙村")
        cls.users: dict[tuple[str | None, str], User] = {}

    def user(self, role: str | None, place: str) -> User:
        """Somebody with a role and a grant here, in the next township, or nowhere."""
        key = (role, place)
        if key not in self.users:
            area = {"here": HERE, "next": NEXT}.get(place)
            granted = make_township(area) if area and role not in ADMINISTRATORS else False
            self.users[key] = make_user(role, granted)
        return self.users[key]

    def values(self, route: Route, user: User | None = None) -> dict[str, Any]:
        """The values of the address, made anew: a POST may have used up the object."""
        if not route.parameters:
            return {}
        known = COMMON | MAKERS[POLICY[route.name].scope](self.village, user)
        missing = set(route.parameters) - known.keys()
        self.assertEqual(missing, set(), "its maker in tests/accounts/objects.py gives no such value")
        return {name: known[name] for name in route.parameters}

    def ask(self, user: User | None, method: str, route: Route, values: dict[str, Any]) -> Any:
        if user is None:
            self.client.logout()
        else:
            self.client.force_login(user)
        return self.client.generic(method, reverse(route.name, kwargs=values))

    def cells(self) -> list[tuple[Route, str, str]]:
        return [(route, *pair) for route in pages() for pair in POLICY[route.name].rights.items()]

    def test_nobody_comes_in_without_signing_in(self):
        for route, method, _right in self.cells():
            with self.subTest(route=route.name, method=method):
                response = self.ask(None, method, route, self.values(route))
                if route.name.startswith("api:"):
                    self.assertEqual(response.status_code, 401)
                    self.assertEqual(response.json()["error"]["code"], "not_signed_in")
                    continue
                self.assertEqual(response.status_code, 302)
                self.assertTrue(response.headers["Location"].startswith("/sign-in/?next="))

    def test_somebody_without_a_grant_finds_nothing_and_learns_nothing(self):
        for route, method, right in self.cells():
            if not route.parameters or POLICY[route.name].scope not in IN_AN_AREA:
                continue
            user = self.user(role_with(right), "nowhere")
            with self.subTest(route=route.name, method=method):
                values = self.values(route, user)
                foreign = self.ask(user, method, route, values)
                nowhere = {name: MISSING.get(name, value) for name, value in values.items()}
                missing = self.ask(user, method, route, nowhere)
                self.assertEqual((foreign.status_code, missing.status_code), (404, 404))
                self.assertEqual(body_of(foreign), body_of(missing))

    def test_a_program_may_and_finds_what_its_person_may_and_finds(self):
        for route, method, right in self.cells():
            if not route.name.startswith("api:"):
                continue
            with self.subTest(route=route.name, method=method):
                inside, outside = (self.user(role_with(right), place) for place in ("here", "next"))
                values = self.values(route, inside)
                let_in = self.ask_by_token(inside, method, route, values)
                self.assertNotIn(let_in.status_code, (401, 403, 404, 405))
                self.assertLess(let_in.status_code, 500)
                if right != SIGNED_IN:
                    other = next(one for one in rights_to_give(inside) if one != right)
                    refused = self.ask_by_token(inside, method, route, values, [other])
                    self.assertEqual(refused.status_code, 403)
                if route.parameters and POLICY[route.name].scope in IN_AN_AREA:
                    nowhere = {name: MISSING.get(name, value) for name, value in values.items()}
                    foreign = self.ask_by_token(outside, method, route, self.values(route, outside))
                    missing = self.ask_by_token(outside, method, route, nowhere)
                    self.assertEqual((foreign.status_code, missing.status_code), (404, 404))
                    self.assertEqual(body_of(foreign), body_of(missing))

    def ask_by_token(
        self, user: User, method: str, route: Route, values: dict[str, Any], scopes: list[str] | None = None
    ) -> Any:
        """The same by a token with all that the person may give, or with `scopes` alone."""
        token, plain = make_token(user, name="test", scopes=scopes or rights_to_give(user))
        headers = {"Authorization": f"Bearer {plain}"}
        response = Client().generic(method, reverse(route.name, kwargs=values), headers=headers)
        end_token(token, actor=user)
        return response

    def test_an_object_that_does_not_exist_is_not_found_by_anybody(self):
        for route, method, right in self.cells():
            if not set(route.parameters) & MISSING.keys():
                continue
            with self.subTest(route=route.name, method=method):
                values = {name: MISSING.get(name, COMMON.get(name)) for name in route.parameters}
                response = self.ask(self.user(role_with(right), "here"), method, route, values)
                self.assertEqual(response.status_code, 404)

    def test_a_method_that_is_not_named_is_refused(self):
        for route in pages():
            entry = POLICY[route.name]
            user = self.user(role_with(next(iter(entry.rights.values()))), "here")
            values = {name: MISSING.get(name, COMMON.get(name)) for name in route.parameters}
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - entry.rights.keys():
                with self.subTest(route=route.name, method=method):
                    response = self.ask(user, method, route, values)
                    self.assertEqual(response.status_code, 405)
                    self.assertIn(next(iter(entry.rights)), response.headers["Allow"])
