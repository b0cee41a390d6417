"""One operation, one row of the audit: many clients at once, also while web workers are killed."""

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AccessEvent, User
from accounts.tokens import make_token, rights_to_give
from core.models import Change, RowHistory
from core.sealing import seal_now
from core.verifying import verify
from households.models import HouseholdYear
from tests.makers import YEAR, make_household, make_township, make_user, make_village
from tests.serving import Site, served
from tests.signing_in import sign_in

EDIT, STALE, INVALID, MISSING, REFUSED, EXPORT = (
    "edit",
    "stale",
    "invalid",
    "not_found",
    "refused",
    "exported",
)
OPERATIONS = (EDIT, EDIT, EDIT, STALE, INVALID, MISSING, REFUSED, EXPORT)
ANSWERS = {EDIT: 200, STALE: 409, INVALID: 422, MISSING: 404, REFUSED: 403, EXPORT: 200}


@dataclass
class Asker:
    """One client with a household of its own, doing one operation after the other."""

    site: Site
    token: str
    session: str
    household: int
    seed: int
    version: int = 1
    answered: Counter = field(default_factory=Counter)
    unanswered: int = 0
    wrong: list[tuple[str, int]] = field(default_factory=list)

    def work(self, times: int) -> None:
        chance = random.Random(self.seed)
        for number in range(times):
            self.do(chance.choice(OPERATIONS), number)

    def do(self, operation: str, number: int) -> None:
        try:
            status = self.ask(operation, number)
        except (OSError, urllib.error.URLError):
            # The worker was killed: whether it was written, only the database knows.
            self.unanswered += 1
            self.version = self.version_now()
            return
        self.answered[operation] += 1
        if operation == EDIT:
            self.version += status == 200
        if status != ANSWERS[operation]:
            self.wrong.append((operation, status))

    def ask(self, operation: str, number: int) -> int:
        year = f"/api/v1/households/{self.household}/years/{YEAR}/"
        if operation in (EDIT, STALE):
            version = self.version if operation == EDIT else self.version + 1000
            return self.send("PATCH", year, {"wage": f"{1000 + number}.00"}, version)
        if operation == INVALID:
            return self.send("PATCH", year, {"wage": "no number"}, self.version)
        if operation == MISSING:
            return self.send("GET", "/api/v1/households/987654321/")
        return self.send("GET", "/households/export/" if operation == EXPORT else "/accounts/", page=True)

    def version_now(self) -> int:
        while True:
            try:
                with self.open("GET", f"/api/v1/households/{self.household}/years/{YEAR}/") as answer:
                    return int(answer.headers["ETag"].strip('"'))
            except OSError:
                time.sleep(0.1)

    def send(
        self, method: str, path: str, body: dict | None = None, version: int = 0, *, page: bool = False
    ) -> int:
        try:
            with self.open(method, path, body, version, page=page) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.read()
            return refusal.code

    def open(self, method, path, body=None, version=0, *, page=False):
        said = {"Cookie": f"session={self.session}"} if page else {"Authorization": f"Bearer {self.token}"}
        said |= {"Content-Type": "application/json"} if body else {}
        said |= {"If-Match": f'"{version}"'} if version else {}
        data = json.dumps(body).encode() if body else None
        return urllib.request.urlopen(
            urllib.request.Request(self.site.url(path), data, said, method=method), timeout=60
        )


def make_askers(site: Site, clients: int) -> list[Asker]:
    village, township = make_village(), make_township()
    return [make_asker(site, village, township, number) for number in range(clients)]


def make_asker(site: Site, village, township, number: int) -> Asker:
    user: User = make_user("township_clerk", township)
    household = make_household(village=village, facts={"wage": 1})
    _token, plain = make_token(user, name="test", scopes=rights_to_give(user), area=None)
    browser = Client()
    sign_in(browser, user)
    return Asker(site, plain, browser.cookies["session"].value, household.pk, seed=number)


def run(askers: list[Asker], times: int, *, kills: int = 0) -> None:
    threads = [threading.Thread(target=asker.work, args=(times,)) for asker in askers]
    for thread in threads:
        thread.start()
    for _kill in range(kills):
        time.sleep(1.0)
        kill_a_worker(askers[0].site)
    for thread in threads:
        thread.join()


def kill_a_worker(site: Site) -> None:
    """SIGKILL one worker of this very server; its master starts another."""
    mark = site.address.rpartition("/")[2].encode()
    servers = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "cmdline").read_bytes().split(b"\0"):
                servers[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    workers = [pid for pid, parent in servers.items() if parent in servers]
    assert workers
    os.kill(random.choice(workers), signal.SIGKILL)


def rows() -> int:
    """Operations in the audit: outermost changes and events."""
    return Change.objects.filter(within=None).count() + AccessEvent.objects.count()


def assert_edits_match_rows(askers: list[Asker]) -> None:
    """Every committed edit has its one row and every row its edit."""
    for asker in askers:
        row = HouseholdYear.objects.select_related("household").get(household=asker.household, year=YEAR)
        changes = Change.objects.filter(kind="household.saved", subject=row.household.number)
        images = RowHistory.objects.filter(
            table="households_householdyear", row_id=row.pk, operation="U", change__in=changes
        )
        assert changes.count() == images.count() == row.version - 1


def clients_and_kills(real_database: str, clients: int, times: int, kills: int) -> None:
    with served(real_database, WEB_WORKERS="2") as site:
        askers = make_askers(site, clients)
        connection.close()
        before = rows()
        run(askers, times, kills=kills)
        written = rows() - before
    answered = sum(sum(asker.answered.values()) for asker in askers)
    unanswered = sum(asker.unanswered for asker in askers)
    print(f"{clients} clients, {answered} answered, {unanswered} cut off by {kills} kills, {written} rows")

    assert [asker.wrong for asker in askers if asker.wrong] == []
    assert answered + unanswered == clients * times
    assert answered <= written <= answered + unanswered
    assert_edits_match_rows(askers)
    if not kills:
        assert written == clients * times
        assert AccessEvent.objects.filter(address=None).count() == 0
    seal_now()
    assert verify().is_whole


@pytest.fixture(autouse=True)
def own_seal_file(settings, tmp_path):
    settings.SEAL_FILE = str(tmp_path / "seals.jsonl")


@pytest.mark.slow
@pytest.mark.parametrize("kills", [0, 2])
def test_six_clients_with_ten_operations_each(real_database, kills):
    clients_and_kills(real_database, clients=6, times=10, kills=kills)


@pytest.mark.soak
@pytest.mark.parametrize("kills", [0, 5])
def test_forty_clients_with_fifty_operations_each_are_two_thousand_rows(real_database, kills):
    clients_and_kills(real_database, clients=40, times=50, kills=kills)
