"""The page of the interface for programs: every route opens, one is tried, nothing from elsewhere."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import OpenBrowser
from tests.makers import make_household, make_user, make_village
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_route_is_tried_under_the_strict_policy(open_browser: OpenBrowser, site: Site, width: int) -> None:
    village = make_village()
    household = make_household(village=village)
    watch = open_browser(make_user("township_clerk", village.area.parent), width)
    hosts: set[str] = set()
    watch.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    watch.page.goto(site.url("/api/v1/docs/"))
    for route in ("households-HouseholdDetail_get", "households-HouseholdDetail_patch", "jobs-JobList_get"):
        watch.page.locator(f"#operations-{route} button.opblock-summary-control").click()
    tried = watch.page.locator("#operations-households-HouseholdDetail_get")
    tried.get_by_role("button", name="Try it out").click()
    tried.get_by_placeholder("id").fill(str(household.pk))
    tried.get_by_role("button", name="Execute").click()
    tried.locator(".live-responses-table .response-col_status", has_text="200").wait_for()

    assert household.number in tried.inner_text()
    assert watch.faults == []
    assert watch.sticking_out() == []
    assert hosts - {""} == {urlsplit(site.address).netloc}
