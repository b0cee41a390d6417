"""The overview in a real browser: every state without faults, the map by keys, paper, the projector."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from areas.models import Area
from areas.shapes import load_shapes
from core.clock import today
from tests.areas.test_shapes import SQUARE, collection, feature
from tests.browser.conftest import OpenBrowser
from tests.browser.watching import STICKS_OUT
from tests.desk.county import COUNTY, NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_user
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def county_user() -> User:
    """Somebody of the county office; the county with its boundaries is made once in this database."""
    if not Area.objects.filter(code=COUNTY).exists():
        make_county()
        east = [[x + 0.1, y] for x, y in SQUARE]
        load_shapes(collection(feature(TOWN[:9]), feature(NEXT_TOWN[:9], ring=east)))
    return make_user("county_office", Area.objects.get(code=COUNTY))


@pytest.mark.parametrize("width", [360, 1440, 1920])
def test_every_state_is_in_order(open_browser: OpenBrowser, site: Site, width: int) -> None:
    watch = open_browser(county_user(), width)
    day = today()
    pages = {
        "/": 200,
        f"/?plan={YEAR}&since={day}": 200,
        f"/?as_of={day}": 200,
        "/?as_of=2001-01-01": 200,
        "/?as_of=2999-01-01": 422,
        "/?year=1999": 422,
        f"/area/{TOWN}/": 200,
        f"/area/{VILLAGE}/": 200,
    }

    faults = {
        page: found
        for page, status in pages.items()
        if (found := watch.visit(site.url(page), expected=status))
    }

    assert faults == {}


def test_an_area_of_the_map_is_opened_by_keys(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url("/"))

    area = page.locator(".map-live path[role=link]").first
    expect(area).to_be_visible()
    area.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(site.url(f"/area/{TOWN}/?year={YEAR}"))
    # One area below with a boundary is no map; the villages stand as tiles.
    expect(page.locator("svg.map a").first).to_be_visible()


def test_paper_keeps_the_drawing_and_the_first_four_rows(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user(), 703).page
    page.goto(site.url("/"))
    expect(page.locator(".map-live")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator("svg.map")).to_be_visible()
    expect(page.locator(".map-live")).to_be_hidden()
    expect(page.locator("#routes")).to_be_visible()
    expect(page.locator("#h-income")).to_be_hidden()


def test_the_projector_enlarges_everything(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user(), 1920).page
    page.goto(site.url("/"))
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)

    page.locator("[data-projector]").click()

    assert page.evaluate(size) == pytest.approx(1.2 * before)
    assert page.evaluate(STICKS_OUT) == []
