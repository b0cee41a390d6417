"""The tripwire: nothing is carried in or out, and nothing runs, without an entry in the policy."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
from celery import current_app
from django.core import checks
from django.http import HttpResponse
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import clear_url_caches, path, reverse
from rest_framework import serializers

from accounts.policy import POLICY, SIGNED_IN
from accounts.policy_fields import EXPORTS, OTHER_FILES
from accounts.routes import all_routes
from core import jobs
from desk import exports
from exchange.formats import FORMATS, Column
from households.api_fields import HouseholdSerializer
from poverty import urls
from tests.accounts.objects import COMMON, MAKERS
from tests.house.carried import differences, export_difference, plain_secrets
from tests.makers import make_user, make_village
from tests.standards.county import standards_for_tests

pytestmark = pytest.mark.usefixtures("english")


class EntryTests(SimpleTestCase):
    def test_whatever_is_carried_has_an_entry_and_every_entry_is_carried(self):
        self.assertEqual(differences(), [])

    def test_no_secret_is_written_down_as_plain(self):
        self.assertEqual(plain_secrets(), [])

    def test_every_file_that_goes_out_is_written_down(self):
        self.assertLessEqual(EXPORTS.keys() | OTHER_FILES, POLICY.keys())


class ExportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.village = make_village()
        cls.people = [make_user("county_office"), make_user("auditor"), make_user("security_admin", False)]

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))

    def answers(self) -> Iterator[tuple[str, Any]]:
        """What every page answers to somebody who may ask it."""
        for route in all_routes():
            entry = POLICY[route.name]
            right = entry.rights.get("GET")
            user = next((u for u in self.people if right and (right == SIGNED_IN or u.may(right))), None)
            if user is None or route.name.startswith("api:"):
                continue
            known = COMMON | (MAKERS[entry.scope](self.village, user) if entry.scope in MAKERS else {})
            self.client.force_login(user)
            yield (
                route.name,
                self.client.get(reverse(route.name, kwargs={n: known[n] for n in route.parameters})),
            )

    def test_every_page_that_answers_with_a_file_has_an_entry_for_its_columns(self):
        files = {name for name, answer in self.answers() if is_file(answer)}

        self.assertEqual(files, EXPORTS.keys() | OTHER_FILES)

    def test_every_file_has_the_columns_of_its_entry(self):
        for name in EXPORTS:
            with self.subTest(name):
                self.assertEqual(export_difference(name, self.heads_of(name)), set())

    def heads_of(self, name: str) -> list[str]:
        """The line of the file that holds the most cells first: the heads of its columns."""
        right = POLICY[name].rights["GET"]
        user = next(user for user in self.people if user.may(right))
        self.client.force_login(user)
        area = {"code": self.village.area.parent.code} if name == "dashboards:completeness-export" else {}
        answer = self.client.get(reverse(name, kwargs=area), headers={"Accept-Language": "en"})
        lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        return max(lines, key=len)

    def test_a_new_column_of_a_file_is_caught(self):
        old = exports.column_heads
        with mock.patch.object(
            exports, "column_heads", lambda conditions: [*old(conditions)[:-1], "Phone", "Updated"]
        ):
            found = export_difference("desk:household-export", self.heads_of("desk:household-export"))

        self.assertEqual(found, {"Phone"})


def is_file(answer: Any) -> bool:
    return answer.headers.get("Content-Disposition", "").startswith("attachment")


@contextmanager
def a_new_route() -> Iterator[None]:
    added = path("forgotten/", lambda request: HttpResponse(), name="forgotten")
    with mock.patch.object(urls, "urlpatterns", [*urls.urlpatterns, added]):
        clear_url_caches()
        yield
    clear_url_caches()


@contextmanager
def a_new_field() -> Iterator[None]:
    names = (*HouseholdSerializer.Meta.fields, "plain_phone")
    declared = HouseholdSerializer._declared_fields | {"plain_phone": serializers.CharField()}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(HouseholdSerializer.Meta, "fields", names))
        stack.enter_context(mock.patch.object(HouseholdSerializer, "_declared_fields", declared))
        yield


@contextmanager
def a_new_import_column() -> Iterator[None]:
    sheet = FORMATS["households"]
    columns = (*sheet.columns, Column("宗教", "household.religion"))
    old = sheet.columns
    object.__setattr__(sheet, "columns", columns)
    yield
    object.__setattr__(sheet, "columns", old)


@contextmanager
def a_new_task() -> Iterator[None]:
    def forgotten() -> None: ...

    current_app.task(forgotten, name="desk.tasks.forgotten", lazy=False)
    yield
    current_app.tasks.unregister("desk.tasks.forgotten")


@contextmanager
def a_new_kind_of_job() -> Iterator[None]:
    with mock.patch.dict(jobs._kinds):
        jobs.job_kind("desk.forgotten", right="view_households")(lambda job: None)
        yield


SEEDED: dict[str, Callable[[], Any]] = {
    "route forgotten": a_new_route,
    "field HouseholdSerializer.plain_phone": a_new_field,
    "import column households.household.religion": a_new_import_column,
    "task desk.tasks.forgotten": a_new_task,
    "job desk.forgotten": a_new_kind_of_job,
}


@pytest.mark.parametrize("forgotten", SEEDED)
def test_what_was_added_without_an_entry_is_caught(forgotten):
    with SEEDED[forgotten]():
        assert differences() == [forgotten]

    assert differences() == []


def test_a_route_without_an_entry_stops_the_start():
    with a_new_route():
        found = checks.run_checks(tags=[checks.Tags.urls])

    assert "accounts.E001" in {error.id for error in found}
