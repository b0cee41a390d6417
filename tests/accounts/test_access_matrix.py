"""The access matrix: every role, grant, route and method against objects in seven places.

Every cell is asked of the door and of the scope query in one process. Every route and role is asked
once over HTTP, with an object of the own area and with one of the next township. What should come
out is computed from the tables of roles and of places alone.
"""

import tempfile
from collections import Counter
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, TestCase, override_settings
from django.urls import resolve, reverse
from django.utils.timezone import now

from accounts.middleware import BEGAN, SEEN, AccessPolicyMiddleware
from accounts.models import User
from accounts.policy import NAMES_AN_OBJECT, POLICY, SIGNED_IN, Scope
from accounts.roles import ROLES
from accounts.routes import Route
from tests.accounts import places
from tests.accounts.objects import COMMON, MISSING
from tests.accounts.places import GRANTS, OTHER_TOWNSHIP, OWN, PLACES, TOWNSHIP, Ground, may_find
from tests.accounts.scopes import COLUMN, FOUND, LISTED, NAMED_BY
from tests.accounts.test_policy_matrix import body_of, pages

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
LET_IN = 200
FEWEST_CELLS = 5_000


def decision(role: str, route: Route, method: str) -> int:
    """What the door should say before anything is looked up; 302 sends to the own first page."""
    right = POLICY[route.name].right_for(method)
    if right is None:
        return 405
    if right == SIGNED_IN or right in ROLES[role].rights:
        return LET_IN
    return 302 if route.pattern == "" else 403


def rule_of(route: Route) -> Scope | None:
    """The rule by which the route finds its object or cuts its list; None when it names no rows."""
    scope = POLICY[route.name].scope
    return scope if scope in NAMES_AN_OBJECT else LISTED.get(route.name)


def names_an_object(route: Route) -> bool:
    """Whether the address itself holds the key of an object."""
    return POLICY[route.name].scope in NAMES_AN_OBJECT and bool(set(route.parameters) & MISSING.keys())


class AccessMatrixTests(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder, API_PER_MINUTE=10**6))

    @classmethod
    def setUpTestData(cls):
        cls.ground = Ground()

    def setUp(self):
        self.door = AccessPolicyMiddleware(lambda _request: HttpResponse())
        self.unexpected: list[str] = []

    def expect(self, cell: tuple[Any, ...], wanted: object, got: object) -> None:
        if wanted != got:
            self.unexpected.append(f"{' · '.join(str(part) for part in cell)}: {wanted} expected, {got} got")

    def test_every_list_says_which_rows_it_shows(self):
        lists = {route.name for route in pages() if POLICY[route.name].scope == Scope.ROWS}

        self.assertEqual(lists, LISTED.keys())

    def test_every_cell_by_the_door_and_the_scope(self):
        cells: Counter[str] = Counter()
        found = cache(self.finds)
        for role in ROLES:
            for route in pages():
                rule = rule_of(route)
                for method in METHODS:
                    wanted = decision(role, route, method)
                    said = self.asked(self.ground.user(role, TOWNSHIP), route, method)
                    self.expect((role, route.name, method), wanted, said)
                    if rule is None or wanted == 405:
                        cells["without an object"] += 1
                        continue
                    for grant in GRANTS:
                        for place in PLACES:
                            cells["of an object"] += 1
                            if wanted != LET_IN:
                                continue
                            inside = may_find(role, grant, rule, place)
                            cell = (role, f"granted {grant}", route.name, method, place)
                            self.expect(cell, inside, found(role, grant, rule, place))
                            cells["allowed"] += inside

        total = cells["without an object"] + cells["of an object"]
        print(f"access matrix: {total} cells, {cells['allowed']} of them let in to an object, "
              f"{len(self.unexpected)} unexpected")  # fmt: skip
        self.assertEqual("\n".join(self.unexpected), "")
        self.assertGreaterEqual(total, FEWEST_CELLS)
        self.assertGreaterEqual(cells["allowed"], FEWEST_CELLS // 10)

    def asked(self, user: User, route: Route, method: str) -> int:
        """The answer of the policy's door; nothing of the page itself runs."""
        address = reverse(
            route.name, kwargs={name: (MISSING | COMMON).get(name) for name in route.parameters}
        )
        request = RequestFactory().generic(method, address)
        moment = int(now().timestamp())
        request.user, request.session = user, {BEGAN: moment, SEEN: moment}  # type: ignore[assignment]
        request.resolver_match = resolve(request.path)
        try:
            answer = self.door.process_view(request, None, (), {})
        except PermissionDenied:
            return 403
        return LET_IN if answer is None else answer.status_code

    def finds(self, role: str, grant: str, rule: Scope, place: str) -> bool:
        """Whether the query with which the pages begin holds the object of the place."""
        user = self.ground.user(role, grant)
        value = self.ground.values(user, grant, rule, place)[NAMED_BY.get(rule, "pk")]
        return FOUND[rule](user).filter(**{COLUMN.get(rule, "pk"): value}).exists()

    def ask_every_route_over_http(self, role: str) -> None:
        self.count = 0
        user = self.ground.user(role, TOWNSHIP)
        client = Client()
        client.force_login(user)
        for route in pages():
            self.objects = {
                place: self.values(user, route, place) for place in (OWN, OTHER_TOWNSHIP, places.MISSING)
            }
            for method in POLICY[route.name].rights:
                self.ask_about(client, role, route, method)

        print(f"over HTTP as {role}: {self.count} requests, {len(self.unexpected)} unexpected")
        self.assertGreater(self.count, 100)
        self.assertEqual("\n".join(self.unexpected), "")

    def ask_about(self, client: Client, role: str, route: Route, method: str) -> None:
        """One route as one role: refused, or let in to the own object and to no foreign one."""
        wanted = decision(role, route, method)
        rule = POLICY[route.name].scope
        own = self.answer(client, method, route, OWN)
        inside = not names_an_object(route) or may_find(role, TOWNSHIP, rule, OWN)
        cell = (role, route.name, method)
        if wanted != LET_IN or not inside:
            self.expect((*cell, OWN), wanted if wanted != LET_IN else 404, own.status_code)
        else:
            self.expect((*cell, OWN), True, was_let_in(own))
        if not names_an_object(route):
            return
        foreign = self.answer(client, method, route, OTHER_TOWNSHIP)
        if wanted == LET_IN and may_find(role, TOWNSHIP, rule, OTHER_TOWNSHIP):
            self.expect((*cell, OTHER_TOWNSHIP), True, was_let_in(foreign))
            return
        self.expect((*cell, OTHER_TOWNSHIP), wanted if wanted != LET_IN else 404, foreign.status_code)
        missing = self.answer(client, method, route, places.MISSING)
        same = (missing.status_code, body_of(missing)) == (foreign.status_code, body_of(foreign))
        self.expect((*cell, "foreign like missing"), True, same)

    def values(self, user: User, route: Route, place: str) -> dict[str, Any]:
        rule = POLICY[route.name].scope
        if not route.parameters:
            return {}
        known = COMMON | (self.ground.values(user, TOWNSHIP, rule, place) if rule in NAMES_AN_OBJECT else {})
        return {name: known[name] for name in route.parameters}

    def answer(self, client: Client, method: str, route: Route, place: str) -> Any:
        """Ask, and take back whatever was written, so that the next request finds the same."""
        self.count += 1
        cookies = client.cookies.copy()
        mark = transaction.savepoint()
        response = client.generic(method, reverse(route.name, kwargs=self.objects[place]))
        if response.streaming:
            list(response.streaming_content)
        transaction.savepoint_rollback(mark)
        client.cookies = cookies
        connection.needs_rollback = False
        return response


# One test a role: in one transaction for all of them each request would wade through the rows of those before.
for _role in ROLES:
    setattr(
        AccessMatrixTests,
        f"test_every_route_over_http_as_{_role}",
        lambda self, role=_role: self.ask_every_route_over_http(role),
    )


def was_let_in(response: Any) -> bool:
    """Whether the page itself answered: also one that misses something in what was sent."""
    elsewhere = "/sign-in/?next" in response.headers.get("Location", "")
    return response.status_code not in {401, 403, 404, 405} and response.status_code < 500 and not elsewhere
