"""Saves, area runs and the villages' run at once, on real connections."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from households.models import Household
from households.services import save_household_year
from standards import services
from standards.models import DirtyVillage, HouseholdResult, VillageResult
from standards.outcomes import Outcome
from standards.services import judge_area, judge_dirty_villages, mark_villages
from tests.makers import YEAR, make_user
from tests.standards.cases import sound_household, sound_village
from tests.standards.county import county_area, standards_for_tests

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("real_database")]
PATIENCE = 20


class Runner(threading.Thread):
    """A thread with a connection of its own; `join_or_raise` gives what it answered."""

    def __init__(self, act: Callable[[], Any]):
        super().__init__(daemon=True)
        self.act, self.answer, self.error = act, None, None

    def run(self):
        try:
            self.answer = self.act()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.error = error
        finally:
            connections.close_all()

    def join_or_raise(self):
        self.join(PATIENCE)
        assert not self.is_alive()
        if self.error:
            raise self.error
        return self.answer


def wait_until_somebody_waits() -> None:
    """Until a connection of this database waits for an advisory lock."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits for the lock.")


@pytest.fixture
def household(real_database) -> Household:
    standards_for_tests()
    household = sound_household(village=sound_village(), wage=None)
    judge_area(county_area(), YEAR)
    return household


def save(household: Household) -> bool:
    row = household.years.get(year=YEAR)
    return save_household_year(row, {"wage": Decimal("9000")}, version=row.version, user=make_user())


def paused_after(monkeypatch, name: str, thread: str) -> tuple[threading.Event, threading.Event]:
    """Let the thread of this name stop after its first call of `standards.services.<name>`."""
    reached, go_on = threading.Event(), threading.Event()
    original = getattr(services, name)

    def pausing(*args, **kwargs):
        answer = original(*args, **kwargs)
        if threading.current_thread().name == thread and not reached.is_set():
            reached.set()
            assert go_on.wait(PATIENCE)
        return answer

    monkeypatch.setattr(services, name, pausing)
    return reached, go_on


def start(name: str, act: Callable[[], Any]) -> Runner:
    runner = Runner(act)
    runner.name = name
    runner.start()
    return runner


def test_a_save_that_waits_for_an_area_run_is_not_overwritten(household, monkeypatch):
    judged, go_on = paused_after(monkeypatch, "write_results", "area")
    area = start("area", lambda: judge_area(county_area(), YEAR))
    assert judged.wait(PATIENCE)
    saver = start("saver", lambda: save(household))
    wait_until_somebody_waits()

    go_on.set()
    area.join_or_raise()
    saver.join_or_raise()

    assert HouseholdResult.objects.get().verdict == Outcome.MET


def test_an_area_run_that_waits_for_a_save_sees_what_was_saved(household, monkeypatch):
    judged, go_on = paused_after(monkeypatch, "write_results", "saver")
    saver = start("saver", lambda: save(household))
    assert judged.wait(PATIENCE)
    area = start("area", lambda: judge_area(county_area(), YEAR))
    wait_until_somebody_waits()

    go_on.set()
    saver.join_or_raise()
    runs = area.join_or_raise()

    assert HouseholdResult.objects.get().verdict == Outcome.MET
    assert runs["household"].changed == 0


def test_a_save_marks_a_village_that_is_just_being_judged(household, monkeypatch):
    village = household.village
    mark_villages([village.pk], YEAR)
    judged, go_on = paused_after(monkeypatch, "write_results", "saver")
    saver = start("saver", lambda: save(household))
    assert judged.wait(PATIENCE)
    villages = start("villages", judge_dirty_villages)
    wait_until_somebody_waits()

    go_on.set()
    saver.join_or_raise()
    villages.join_or_raise()
    judge_dirty_villages()

    assert not DirtyVillage.objects.exists()
    assert VillageResult.objects.get(village=village).staying_persons == 0


def test_eight_clerks_on_one_village_lose_nothing(household):
    homes = [household, *[sound_household(village=household.village, wage=None) for _home in range(7)]]

    savers = [start(f"saver {home.pk}", lambda home=home: save(home)) for home in homes]
    for saver in savers:
        assert saver.join_or_raise()
    judge_dirty_villages()

    assert HouseholdResult.objects.filter(verdict=Outcome.MET).count() == 8
    assert VillageResult.objects.get(village=household.village).staying_persons == 0
