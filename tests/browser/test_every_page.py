"""Every page in a real browser: no refusal of the policy, no error, nothing sticks out, no barrier."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.policy import ANYONE, NAMES_AN_OBJECT, POLICY, SIGNED_IN
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.routes import Route, all_routes
from tests.accounts.objects import COMMON, MAKERS
from tests.browser.conftest import OpenBrowser
from tests.makers import make_user, make_village
from tests.serving import Site
from villages.models import Village

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Answers for machines, the page that is there only once, a file that a new import does not have yet.
NO_PAGES = {
    "core:healthz",
    "core:readyz",
    "core:metrics",
    "accounts:first-run",
    "exchange:import-marked",
    "exchange:roster-template",
}
WIDTHS = (1440, 390)


def pages() -> list[Route]:
    """Every route that a person opens, so that a new page is looked at by itself."""
    return [
        route
        for route in all_routes()
        if (entry := POLICY.get(route.name))
        and entry.right_for("GET") is not None
        and route.name not in NO_PAGES
        # The interface for programs; its one page is Swagger's (`test_api_docs.py`).
        and not route.name.startswith("api:")
    ]


def address_of(route: Route, village: Village, person: User | None) -> str:
    scope = POLICY[route.name].scope
    values: dict[str, Any] = COMMON | (MAKERS[scope](village, person) if scope in NAMES_AN_OBJECT else {})
    return reverse(route.name, kwargs={name: values[name] for name in route.parameters})


class People:
    """One person for each role that some page needs."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.made: dict[str, User] = {}

    def who_may(self, right: str) -> User | None:
        if right == ANYONE:
            return None
        code = next(code for code, role in ROLES.items() if right == SIGNED_IN or right in role.rights)
        if code not in self.made:
            area = False if code in ADMINISTRATORS else self.village.area.parent
            self.made[code] = make_user(code, area)
        return self.made[code]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_in_order(open_browser: OpenBrowser, site: Site, width: int) -> None:
    village = make_village()
    people = People(village)
    faults: dict[str, list[str]] = {}
    watches: dict[int | None, Any] = {}

    for route in pages():
        person = people.who_may(POLICY[route.name].right_for("GET") or ANYONE)
        key = person.pk if person else None
        watches[key] = watches.get(key) or open_browser(person, width)
        address = site.url(address_of(route, village, person))
        if watches[key].is_page(address) and (found := watches[key].visit(address)):
            faults[route.name] = found

    assert faults == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_that_is_not_there_is_in_order_too(open_browser: OpenBrowser, site: Site, width: int) -> None:
    watch = open_browser(make_user("system_admin", False), width)

    assert watch.visit(site.url("/nothing-here/"), expected=404) == []
