"""Keys in forms and bodies, filters of lists, and files: a foreign value is answered like one that is none."""

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.models import Grant, User
from accounts.policy import POLICY, Scope
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.routes import all_routes
from areas.models import Area, Level
from exchange.models import StagedRow
from standards.services import judge_area
from tests.accounts.objects import COMMON, MAKERS
from tests.accounts.objects import MISSING as NO_OBJECT
from tests.accounts.test_policy_matrix import body_of
from tests.makers import (
    PASSWORD,
    YEAR,
    make_area,
    make_household,
    make_member,
    make_official,
    make_township,
    make_user,
    make_village,
    make_village_year,
)
from tests.standards.county import standards_for_tests
from villages.models import Village

pytestmark = pytest.mark.usefixtures("english")

NO_KEY, NO_CODE = NO_OBJECT["pk"], "999001999000"
Pair = tuple[Any, Any]


class ForeignValueTestCase(TestCase):
    """Somebody of one township, the same rows there and in the next one."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.own, cls.foreign = make_village("999001101201", "甲村"), make_village("999001102201", "乙村")
        for village in (cls.own, cls.foreign):
            make_village_year(village, population=100)
            cls.group_of(village)
        cls.household, cls.other = make_household(village=cls.own), make_household(village=cls.foreign)
        cls.township, cls.next = cls.own.area.parent, cls.foreign.area.parent
        judge_area(cls.township, YEAR)
        judge_area(cls.next, YEAR)
        cls.neighbour = make_user("township_clerk", cls.next, username="nextdoor")
        cls.users: dict[str, User] = {}

    @staticmethod
    def group_of(village: Village) -> Area:
        return make_area(village.area.code + "001", Level.GROUP, "一组", village.area)

    def user(self, role: str) -> User:
        if role not in self.users:
            self.users[role] = make_user(role, False if role in ADMINISTRATORS else self.township)
        return self.users[role]

    def made(self, scope: Scope, village: Village, user: User | None = None) -> dict[str, Any]:
        found: dict[str, Any] = MAKERS[scope](village, user)
        return found

    def ask(self, role: str, method: str, address: str, said: Any = None, **headers: str) -> Any:
        """Ask, and take back what was written, so that two questions find the same."""
        client = Client(headers={"Accept-Language": "en", **headers})
        client.force_login(self.user(role))
        mark = transaction.savepoint()
        if isinstance(said, str):
            response = client.generic(method, address, said, "application/json")
        else:
            response = getattr(client, method.lower())(address, said or {})
        if response.streaming:
            response.text_sent = response.getvalue().decode("utf-8-sig", "replace")
        transaction.savepoint_rollback(mark)
        return response

    def text_of(self, response: Any, *values: Any) -> str:
        """The answer without the values that were sent, and without what differs between any two."""
        if response.streaming:
            text = response.text_sent
        else:
            is_text = response.headers["Content-Type"].startswith(("text/", "application/json"))
            text = body_of(response) if is_text else ""
        for value in sorted({t for v in values for t in forms_of(v)}, key=len, reverse=True):
            text = text.replace(value, "…")
        return re.sub(r"\d\d:\d\d:\d\d", "", text)


def forms_of(value: Any) -> set[str]:
    """A value as an address holds it and as a page writes it."""
    return {str(value), f"{value:,}" if isinstance(value, int) else str(value)}


class KeyTests(ForeignValueTestCase):
    def test_a_foreign_key_is_answered_like_one_that_does_not_exist(self):
        for role, method, address, field, (foreign, missing), rest in self.keys():
            with self.subTest(f"{address} {field}"):
                first, second = (
                    self.ask(role, method, address, self.said(address, rest | {field: value}), **self.headers)
                    for value in (foreign, missing)
                )
                self.assertEqual((first.status_code, second.status_code), (422, 422))
                self.assertEqual(
                    self.text_of(first, foreign, missing), self.text_of(second, foreign, missing)
                )

    headers = {"Idempotency-Key": "key-of-the-test", "If-Match": '"1"'}

    def said(self, address: str, values: dict[str, Any]) -> Any:
        is_json = address.startswith("/api/") and "files" not in values
        if "files" in values:
            values = values | {"files": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}
        return json.dumps(values) if is_json else values

    def keys(self) -> Iterator[tuple[str, str, str, str, Pair, dict[str, Any]]]:
        """Role, method, address, field, a foreign and a missing value, and what goes with it."""
        area, code = (self.next.pk, NO_KEY), (self.next.code, NO_CODE)
        account = (self.neighbour.username, "nobody")
        unit = self.made(Scope.ORGANISATION, self.own)["pk"]
        official = make_official(self.township)
        upload = {"files": True, "year": YEAR}
        organisation = {"code": "new", "name": "新局", "kind": "department", "version": 1}
        group = (self.foreign.area.code + "001", self.own.area.code + "999")
        token = {"name": "x", "scopes": ["view_households"], "days": 30, "password": PASSWORD}
        person = {"name": "钱七", "version": 1}
        address = f"/api/v1/households/{self.household.pk}/"
        yield "county_office", "POST", reverse("standards:assess"), "area", area, {"year": YEAR}
        yield "township_clerk", "POST", reverse("exchange:upload"), "area", area, upload
        yield "county_office", "POST", reverse("api:assessments"), "area", code, {"year": YEAR}
        yield "township_clerk", "POST", reverse("api:imports"), "area", code, upload
        yield "township_clerk", "PATCH", address, "group", group, {}
        yield "county_office", "POST", reverse("accounts:organisation-new"), "area", code, organisation
        yield (
            "county_office",
            "POST",
            reverse("accounts:organisation-edit", args=[unit]),
            "area",
            code,
            organisation,
        )
        yield (
            "county_office",
            "POST",
            reverse("accounts:official-new", args=[unit]),
            "account",
            account,
            person,
        )
        yield (
            "county_office",
            "POST",
            reverse("accounts:official-edit", args=[official.pk]),
            "account",
            account,
            person,
        )
        days = {"from_day": f"{YEAR}-01-01", "to_day": f"{YEAR}-12-31"}
        yield "auditor", "POST", reverse("desk:audit"), "person", account, days
        yield "township_clerk", "POST", reverse("accounts:token-new"), "area", code, token

    def test_a_second_key_in_an_address_must_belong_to_the_first(self):
        clerk = self.user("township_clerk")
        own, other = (self.made(Scope.IMPORT, village, clerk) for village in (self.own, self.foreign))
        accounts = [self.made(Scope.ACCOUNT, self.own) for _number in range(2)]
        secret = make_member(self.other).person.id_number_id
        county = "county_office"
        runs = self.made(Scope.ASSESSMENT, self.foreign)["pk"]
        for role, method, route, values, name, foreign in (
            ("township_clerk", "GET", "exchange:import-marked", own, "file_pk", other["file_pk"]),
            ("security_admin", "POST", "accounts:user-grant-end", accounts[0], "grant", accounts[1]["grant"]),
            (county, "GET", "desk:reveal", {"number": self.household.number}, "secret", secret),
            (county, "GET", "standards:compare", {}, "first", runs),
            (county, "GET", "standards:compare", {}, "second", runs),
        ):
            with self.subTest(f"{route} {name}"):
                answers = [
                    self.ask(role, method, *self.address(route, values | {name: value}))
                    for value in (foreign, NO_KEY)
                ]
                self.assertEqual([answer.status_code for answer in answers], [404, 404])
                self.assertEqual(*(self.text_of(answer, foreign, NO_KEY) for answer in answers))

    def address(self, name: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The address with the values it takes, and the rest."""
        held = next(route.parameters for route in all_routes() if route.name == name)
        rest = {key: value for key, value in values.items() if key not in held and key in {"first", "second"}}
        return reverse(name, kwargs={key: values[key] for key in held}), rest

    def test_rows_of_a_foreign_import_are_not_chosen(self):
        clerk = self.user("township_clerk")
        own = self.made(Scope.IMPORT, self.own, clerk)["pk"]
        with mock.patch("exchange.services.choose_rows") as choose:
            self.ask(
                "township_clerk", "POST", reverse("exchange:import-choose", args=[own]), {"take": [NO_KEY]}
            )
        self.assertEqual(choose.call_args.args[0].pk, own)
        self.assertFalse(StagedRow.objects.exists())


class FilterTests(ForeignValueTestCase):
    def test_a_foreign_value_of_a_filter_is_answered_like_one_that_does_not_exist(self):
        for role, method, address, field, (foreign, missing) in self.filters():
            with self.subTest(f"{method} {address} {field}"):
                first, second = (
                    self.ask(role, method, address, {field: value}) for value in (foreign, missing)
                )
                self.assertEqual(first.status_code, second.status_code)
                self.assertLess(first.status_code, 500)
                self.assertEqual(
                    self.text_of(first, foreign, missing), self.text_of(second, foreign, missing)
                )

    def filters(self) -> Iterator[tuple[str, str, str, str, Pair]]:
        """Role, method, address, filter, and a foreign and a missing value for it."""
        town, village = (self.next.prefix, "999001999"), (self.foreign.area.code, "999001999201")
        group = (village[0] + "001", village[1] + "001")
        number = (self.other.number, "9990019999999999")
        source = (self.made(Scope.IMPORT, self.foreign)["pk"],)
        source += (source[0] + 100,)
        places = {"area": town, "town": town, "village": village, "group": group, "source": source}
        for route in ("desk:household-list", "desk:household-export"):
            for field, pair in places.items():
                yield "county_office", "GET", reverse(route), field, pair
        for field in ("area", "town"):
            yield "county_office", "GET", reverse("desk:village-list"), field, town
        for route in ("desk:search", "desk:suggestions"):
            yield "county_office", "POST", reverse(route), "words", number
            yield "county_office", "POST", reverse(route), "words", ("乙村", "无此村")
        yield "county_office", "GET", reverse("desk:household-detail", args=[number[0]]), "county", (
            "999001", "999999",
        )  # fmt: skip
        yield "county_office", "POST", reverse("accounts:organisation-list"), "name", ("乙村", "无此村")
        yield "auditor", "GET", reverse("desk:audit"), "subject", number
        yield "auditor", "GET", reverse("desk:audit-export"), "subject", number
        yield "auditor", "GET", reverse("desk:audit"), "person", (self.neighbour.pk, NO_KEY)
        for route in self.api_lists():
            for field, pair in (("within", town), ("number", number), ("household", (self.other.pk, NO_KEY))):
                yield "county_office", "GET", reverse(route), field, pair

    def api_lists(self) -> list[str]:
        return [
            name for name, entry in POLICY.items() if name.startswith("api:") and entry.scope == Scope.ROWS
        ]

    @override_settings(API_PER_MINUTE=10**6)
    def test_what_lies_outside_changes_no_page(self):
        """Lists, their counts, homes and dashboards; what is said of the machine itself is left out."""
        roles = [role for role in ROLES if role not in ADMINISTRATORS]
        cells = [cell for role in roles for cell in self.pages_of(role)]
        before = {cell: self.page(*cell) for cell in cells}

        far = make_village("999002101201", "丙村")
        make_area("999002000000", Level.COUNTY, "另一县")
        for village in (self.foreign, far):
            make_village_year(village, population=321)
            make_household(village=village, status="exited")
            for scope in MAKERS:
                self.made(scope, village)
        judge_area(make_township("999001102000"), YEAR)

        print(f"pages before and after: {len(before)}")
        self.assertGreater(len(before), 200)
        for cell, text in before.items():
            with self.subTest(cell):
                self.assertEqual(self.page(*cell), text)

    def pages_of(self, role: str) -> Iterator[tuple[str, str]]:
        """What somebody of the role may open without naming more than the own township."""
        user = self.user(role)
        for route in all_routes():
            entry = POLICY[route.name]
            right = entry.rights.get("GET")
            if (
                not right
                or (right != "*" and not user.may(right))
                or entry.scope in {Scope.PUBLIC, Scope.INSTALLATION}
            ):
                continue
            known = COMMON | {"code": self.township.code if entry.scope == Scope.AREA else self.own.area.code}
            known |= {"number": self.household.number}
            if not set(route.parameters) - known.keys():
                yield role, reverse(route.name, kwargs={name: known[name] for name in route.parameters})

    def page(self, role: str, address: str) -> str:
        return self.text_of(self.ask(role, "GET", address))


class DownloadTests(ForeignValueTestCase):
    def test_a_file_is_asked_for_again_after_the_grant_has_ended(self):
        for role, address in (
            ("county_office", reverse("desk:household-export")),
            ("county_office", reverse("dashboards:completeness-export", args=[self.township.code])),
            ("auditor", reverse("desk:audit-export")),
            ("county_office", reverse("api:households")),
            ("county_office", reverse("api:household-years") + f"?year={YEAR}"),
        ):
            self.made(Scope.CHANGE, self.own)
            marks = {self.household.number, "甲村", self.township.name}
            with self.subTest(address):
                before = self.text_of(self.ask(role, "GET", address))
                mark = transaction.savepoint()
                Grant.objects.filter(user=self.user(role)).update(to_day="2016-10-17")
                self.users[role] = User.objects.get(pk=self.users[role].pk)
                after = self.ask(role, "GET", address)
                transaction.savepoint_rollback(mark)
                self.users[role] = User.objects.get(pk=self.users[role].pk)
                self.assertTrue([word for word in marks if word in before])
                self.assertIn(after.status_code, {200, 404})
                self.assertEqual([word for word in marks if word in self.text_of(after)], [])
