"""Runs of judging whose process was killed do not stay running for ever."""

import sys
from datetime import timedelta
from subprocess import PIPE, Popen

from django.utils import timezone

from core.changes import change
from standards.interrupted import alive, fail_interrupted
from standards.models import Assessment, Subject
from standards.services import version_in_force
from tests.database import environment_of
from tests.makers import YEAR, make_village
from tests.serving import ROOT
from tests.standards.county import county_area, standards_for_tests

_HOLD = """
import sys, time, django
django.setup()
from standards.interrupted import alive
with alive(int(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def make_run(minutes: int = 5) -> Assessment:
    with change("test"):
        standards_for_tests()
        make_village()
    area = county_area()
    return Assessment.objects.create(
        subject=Subject.HOUSEHOLD,
        area=area,
        year=YEAR,
        as_of=timezone.now().date(),
        version=version_in_force(Subject.HOUSEHOLD, area, YEAR),
        started_at=timezone.now() - timedelta(minutes=minutes),
    )


def state_of(run: Assessment) -> str:
    run.refresh_from_db()
    return run.state


def test_a_killed_run_is_marked_failed_and_a_living_one_is_left(real_database, monkeypatch):
    for name, value in environment_of(real_database).items():
        monkeypatch.setenv(name, value)
    run = make_run()
    worker = Popen([sys.executable, "-c", _HOLD, str(run.pk)], cwd=ROOT, stdout=PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "held\n"

    assert fail_interrupted() == 0
    assert state_of(run) == "running"

    worker.kill()
    worker.wait()
    marked = 0
    for _try in range(100):
        marked = fail_interrupted()
        if marked:
            break
    assert marked == 1
    assert state_of(run) == "failed"
    assert run.error
    assert run.finished_at is not None
    assert fail_interrupted() == 0


def test_a_run_that_only_begins_is_left(db):
    run = make_run(minutes=0)

    assert fail_interrupted() == 0
    assert state_of(run) == "running"


def test_the_lock_goes_with_the_run(db):
    run = make_run()
    with alive(run.pk):
        pass

    assert fail_interrupted() == 1
