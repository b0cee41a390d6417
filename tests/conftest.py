"""What every test stands on: the application's database role, real databases, real browsers."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from tests.database import become_application, cloned_database
from tests.serving import Site, served

# The browser's own event loop runs in the thread that asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Make the test database as its owner, then work with the rights of the application.

    It is made for whoever asks, also for tests that only work on a copy of it.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        connection.close()
    if settings.APPLICATION_ROLE:
        connection_created.connect(become_application)
    yield
    connection_created.disconnect(become_application)
    with django_db_blocker.unblock():
        connection.close()
        teardown_databases(made, verbosity=0)


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences in English, for tests that read the words of the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def real_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the test database with real commits, seen by every process; gone afterwards."""
    with django_db_blocker.unblock(), cloned_database() as name:
        yield name


@pytest.fixture
def site(real_database: str) -> Iterator[Site]:
    """The web server on a copy of the test database; rows made before the first request are seen."""
    with served(real_database) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": CHROMIUM_FLAGS,
        "env": {**os.environ, "LANGUAGE": "zh_CN"},
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
