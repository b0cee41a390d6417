"""Browsers of people: signed in, at a width, with motion switched off."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from tests.browser.watching import Watch, watched_page
from tests.database import cloned_database
from tests.serving import Site, served
from tests.signing_in import sign_in

OpenBrowser = Callable[..., Watch]
HEIGHT = 900


@pytest.fixture(scope="module")
def real_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """One copy of the test database for all tests of a file: they only look."""
    with django_db_blocker.unblock(), cloned_database() as name:
        yield name


@pytest.fixture(scope="module")
def site(real_database: str) -> Iterator[Site]:
    """One server for all tests of a file."""
    with served(real_database) as running:
        yield running


@pytest.fixture
def open_browser(browser: Browser, browser_context_args: dict[str, Any], site: Site) -> Iterator[OpenBrowser]:
    """`open_browser(user, width)`: a watched page of that person; None is somebody not signed in."""
    contexts: list[BrowserContext] = []

    def opened(user: User | None, width: int = 1440) -> Watch:
        context = browser.new_context(
            **browser_context_args
            | {"viewport": {"width": width, "height": HEIGHT}, "reduced_motion": "reduce"}
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            sign_in(client, user)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.address}])
        return watched_page(context)

    yield opened
    for context in contexts:
        context.close()
