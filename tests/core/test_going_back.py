"""An update that is taken back: every migration goes back as well as forward."""

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from tests.database import as_owner

pytestmark = [pytest.mark.slow, pytest.mark.database]
# What the first release ended with, from the top floor down.
FIRST_RELEASE = {
    "exchange": "0003",
    "standards": "0003",
    "households": "0003",
    "areas": "0002",
    "accounts": "0002",
    "core": "0002",
}


def test_the_first_release_and_back(real_database: str) -> None:
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    with as_owner():
        for app, number in FIRST_RELEASE.items():
            call_command("migrate", app, number, verbosity=0)
        earlier = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
        call_command("migrate", verbosity=0)

    assert earlier < applied
    assert not [(app, name) for app, name in earlier if name[:4] > FIRST_RELEASE.get(app, "9")]
    assert set(MigrationRecorder.Migration.objects.values_list("app", "name")) == applied
