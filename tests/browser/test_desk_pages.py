"""The pages of the desk in a real browser, with rows of every outcome."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import User
from areas.models import Area
from core.clock import today
from households.models import HouseholdYear
from households.services import save_household_year
from standards.models import Assessment, StandardVersion
from tests.browser.conftest import OpenBrowser
from tests.desk.county import COUNTY, TOWN, VILLAGE, make_county
from tests.makers import make_user
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOUSEHOLD = "/households/4100010000000002/"
PAGES = (
    "/",
    f"/area/{TOWN}/?plan=2016",
    "/households/",
    "/households/?verdict=not_met&gap=9999&sort=gap",
    "/households/?verdict=met&cause=01",
    HOUSEHOLD,
    f"{HOUSEHOLD}history/",
    f"{HOUSEHOLD}?as_of={{today}}",
    f"{HOUSEHOLD}?as_of=2016-01-01",
    f"{HOUSEHOLD}?as_of=2016-01-01&with={{today}}",
    "/villages/",
    f"/villages/{VILLAGE}/",
    f"/villages/{VILLAGE}/?as_of={{today}}",
    f"/villages/{VILLAGE}/history/",
    "/standards/",
    "/standards/{standard}/",
    "/standards/{standard}/difference/",
    "/assessments/",
    "/assessments/{run}/",
    "/assessments/compare/?first={run}&second={run}",
)


def county_user() -> User:
    """Somebody of the county office; the county is made once in this database."""
    if not Area.objects.filter(code=COUNTY).exists():
        make_county()
    return make_user("county_office", Area.objects.get(code=COUNTY))


@pytest.mark.parametrize("width", [360, 390, 1366, 1440, 1920])
def test_pages_with_rows_are_in_order(open_browser: OpenBrowser, site: Site, width: int) -> None:
    watch = open_browser(county_user(), width)

    numbers = {
        "today": today(),
        "standard": StandardVersion.objects.values_list("pk", flat=True)[0],
        "run": Assessment.objects.values_list("pk", flat=True)[0],
    }
    pages = [page.format(**numbers) for page in PAGES]
    faults = {page: found for page in pages if (found := watch.visit(site.url(page)))}

    assert faults == {}


def test_chips_and_order_swap_the_list_and_move_the_address(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url("/households/"))

    page.locator("a.chip", has_text="未达标").first.click()
    expect(page.locator("#found")).to_contain_text("3")
    page.select_option("#f_sort", "income")

    expect(page).to_have_url(site.url("/households/?year=2016&sort=income&verdict=not_met"))
    expect(page.locator("tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator("#found")).to_contain_text("3")


def test_searching_leaves_nothing_in_the_address(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url("/households/"))

    page.fill("#q", "dxs")
    expect(page.locator("#suggestions li")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator("tbody tr")).to_have_count(1)
    assert "dxs" not in page.url


def test_the_history_comes_when_it_is_seen(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url(HOUSEHOLD))

    page.locator("#history").scroll_into_view_if_needed()

    expect(page.locator("#history ol.tl li").first).to_be_visible()


def test_the_list_works_by_keys_alone(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url("/households/"))

    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)

    expect(page).to_have_url(site.url(f"{HOUSEHOLD}?year=2016"))


def test_the_export_follows_the_conditions(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(county_user()).page
    page.goto(site.url("/households/"))

    page.locator("a.chip", has_text="未达标").first.click()
    expect(page.locator("#found")).to_contain_text("3")

    for link in page.locator("#exports a").all():
        assert "verdict=not_met" in (link.get_attribute("href") or "")


def test_an_earlier_day_is_looked_at_and_a_field_put_back(open_browser: OpenBrowser, site: Site) -> None:
    user = county_user()
    row = HouseholdYear.objects.get(household__number=HOUSEHOLD.split("/")[2])
    old = row.house_area
    save_household_year(row, {"house_area": Decimal("66.5")}, version=row.version, user=user)
    save_household_year(row, {"house_area": Decimal("77.5")}, version=row.version, user=user)
    page = open_browser(user).page
    page.goto(site.url(HOUSEHOLD))

    page.get_by_label("看某天的情况").fill(str(today()))
    page.keyboard.press("Enter")

    expect(page.locator(".note-info")).to_contain_text("只能查看")
    expect(page.get_by_role("heading", name="与今天不同的内容")).to_be_visible()
    page.goto(site.url(f"{HOUSEHOLD}history/"))
    page.get_by_role("link", name="恢复住房面积").first.click()
    expect(page.locator("main")).to_contain_text("66.50")
    page.get_by_label("事由").fill("录错")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOUSEHOLD}")
    row.refresh_from_db()
    assert row.house_area == Decimal("66.5")
    save_household_year(row, {"house_area": old}, version=row.version, user=user)
