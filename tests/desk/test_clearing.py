"""Clear the demonstration: the page asks, a job does it as the owner, all or nothing."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import psycopg2
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import TestCase

from accounts.models import User
from areas.models import Area
from core import jobs
from core.clock import calendar_day, forget_installation, today
from core.files import store
from core.models import Change, Installation, Job, StoredFile
from desk.clearing import clear_demonstration
from households.models import Household
from standards.models import StandardVersion
from tests.database import environment_of
from tests.makers import PASSWORD, make_household, make_township, make_user
from tests.serving import ROOT

pytestmark = pytest.mark.usefixtures("english")
ADDRESS = "/demonstration/clear/"


def mark(demonstration: bool = True) -> None:
    Installation.objects.update_or_create(
        pk=1, defaults={"demonstration": demonstration, "first_started_on": date(2026, 1, 1)}
    )
    forget_installation()


class ClearPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_household()
        cls.township = make_township()
        cls.county = cls.township.parent
        cls.office = make_user("county_office", cls.county)
        cls.typed = {"county_name": cls.county.name, "reason": "a real register comes", "password": PASSWORD}

    def setUp(self):
        mark()
        self.addCleanup(forget_installation)
        self.client.force_login(self.office)

    def with_owner(self):
        return self.settings(DATABASE_OWNER_URL="postgres://owner@nowhere/x")

    def test_the_import_page_leads_there_in_a_demonstration_only(self):
        self.assertContains(self.client.get("/exchange/imports/"), ADDRESS)

        mark(demonstration=False)

        self.assertNotContains(self.client.get("/exchange/imports/"), ADDRESS)
        with self.with_owner():
            answer = self.client.post(ADDRESS, self.typed)
        self.assertRedirects(answer, "/exchange/imports/")
        self.assertFalse(Job.objects.exists())

    def test_only_the_county_office_is_let_in(self):
        for role, area in (("township_clerk", self.township), ("system_admin", None), ("helper", None)):
            self.client.force_login(make_user(role, area))
            with self.subTest(role):
                self.assertEqual(self.client.get(ADDRESS).status_code, 403)
                self.assertEqual(self.client.post(ADDRESS, self.typed).status_code, 403)

    def test_somebody_without_a_grant_finds_no_county(self):
        nobody = make_user("county_office", False)
        self.client.force_login(nobody)

        self.assertEqual(self.client.get(ADDRESS).status_code, 404)

    def test_a_wrong_name_password_or_no_reason_starts_nothing(self):
        wrong = {"county_name": "别的县", "reason": "", "password": "not-the-password"}
        with self.with_owner():
            for field, value in wrong.items():
                with self.subTest(field):
                    answer = self.client.post(ADDRESS, self.typed | {field: value})
                    self.assertEqual(answer.status_code, 422)
                    self.assertTrue(answer.context["form"].errors[field])
        self.assertFalse(Job.objects.exists())

    def test_the_right_words_write_a_job(self):
        with self.with_owner():
            answer = self.client.post(ADDRESS, self.typed)

        job = Job.objects.get()
        self.assertRedirects(answer, f"/jobs/{job.pk}/")
        self.assertEqual(job.arguments, {"reason": "a real register comes"})

    def test_without_the_owner_the_page_says_what_to_run(self):
        with self.settings(DATABASE_OWNER_URL=""), patch("desk.clearing.is_owner", lambda: False):
            answer = self.client.get(ADDRESS)
            self.client.post(ADDRESS, self.typed)

        self.assertContains(answer, "manage.py clear_demonstration --yes")
        self.assertFalse(Job.objects.exists())


@pytest.fixture
def demonstration(real_database, tmp_path, settings, monkeypatch) -> Iterator[dict[str, str]]:
    """A demonstration with real commits, this process in the application's role."""
    environment = environment_of(real_database)
    values = connection.settings_dict
    address = environment["DATABASE_URL"].split("@", 1)[1]
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    environment["DATABASE_OWNER_URL"] = f"postgres://{values['USER']}{password}@{address}"
    environment["MEDIA_ROOT"] = settings.MEDIA_ROOT = str(tmp_path / "files")
    environment["LANGUAGE"] = "en"
    settings.DATABASE_OWNER_URL = environment["DATABASE_OWNER_URL"]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    mark()
    household = make_household()
    make_user("county_office", household.village.area.parent.parent, username="office")
    store(ContentFile(b"a workbook"), kind="test", user=None)
    yield environment
    forget_installation()


def assert_cleared() -> None:
    forget_installation()
    assert not Household.objects.exists()
    assert not User.objects.exists()
    assert not StoredFile.objects.exists()
    assert Area.objects.exists()
    assert StandardVersion.objects.exists()
    assert today() == calendar_day()
    assert Installation.objects.get().first_started_on == calendar_day()


def clearing_process() -> subprocess.Popen:
    words = [sys.executable, str(ROOT / "manage.py"), "clear_demonstration", "--yes"]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


_WAITING = """
SELECT count(DISTINCT waiting.pid) FROM pg_locks waiting JOIN pg_locks held USING (pid)
WHERE NOT waiting.granted
    AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def wait_until_blocked(number: int = 1) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.05)
    raise AssertionError("The clearing never came to the table that is held.")


def hold_households(address: str):
    holder = psycopg2.connect(address)
    with holder.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM households_household")
    return holder


def test_the_job_clears_as_the_owner_and_its_own_row_goes_too(demonstration):
    file = StoredFile.objects.get().name
    user = User.objects.get()
    job = jobs.enqueue("desk.clear_demonstration", user=user, arguments={"reason": "a real register comes"})
    jobs.run_job(job.pk)

    assert_cleared()
    assert not Job.objects.exists()
    assert not default_storage.exists(file)
    cleared = Change.objects.get(kind="demonstration.cleared")
    assert cleared.reason == "a real register comes"
    assert "office" in cleared.evidence


def test_a_second_time_there_is_nothing_to_clear(demonstration):
    clear_demonstration()
    user = make_user("security_admin", username="first")

    with pytest.raises(ValidationError, match="no demonstration"):
        clear_demonstration()
    assert User.objects.get() == user


def test_killed_midway_all_still_stands_and_the_next_run_clears(demonstration):
    holder = hold_households(demonstration["DATABASE_OWNER_URL"])
    running = clearing_process()
    wait_until_blocked()
    running.send_signal(signal.SIGKILL)
    running.wait()
    holder.close()
    forget_installation()

    assert Household.objects.count() == 1
    assert User.objects.exists()
    assert Installation.objects.get().demonstration
    assert default_storage.exists(StoredFile.objects.get().name)

    clear_demonstration()

    assert_cleared()


def test_two_at_once_clear_once(demonstration):
    holder = hold_households(demonstration["DATABASE_OWNER_URL"])
    both = [clearing_process(), clearing_process()]
    wait_until_blocked(2)
    holder.close()
    said = [process.communicate() for process in both]

    assert sorted(process.returncode for process in both) == [0, 1], said
    assert_cleared()
    assert Change.objects.filter(kind="demonstration.cleared").count() == 1
