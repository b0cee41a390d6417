"""The home of every role, the inbox and completeness in a real browser, with and without scripts, on paper."""

import pytest
from playwright.sync_api import Browser, expect

from accounts.models import Organisation, User
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.services import grant_households, grant_organisation
from areas.models import Area
from core.notices import notify
from households.models import Household
from tests.browser.conftest import OpenBrowser
from tests.dashboards.test_inbox import WORDS, make_import
from tests.desk.county import COUNTY, VILLAGE, make_county
from tests.makers import make_user
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A4 = {"width": 794, "height": 1123}


def person(code: str) -> User:
    """Somebody of the role with something to see; the county is made once in this database."""
    county = Area.objects.filter(code=COUNTY).first() or make_county()
    area = False if code in ADMINISTRATORS or code == "helper" else county
    if code == "first_secretary":
        area = Area.objects.get(code=VILLAGE)
    user = make_user(code, area)
    if code == "helper":
        keys = Household.objects.filter(village__area__code=VILLAGE).values_list("pk", flat=True)
        grant_households(user, keys, actor=None)
    if code == "line_department":
        bureau = Organisation.objects.filter(code="roads").first() or Organisation.objects.create(
            code="roads", name="交通运输局", kind=Organisation.Kind.DEPARTMENT, area=county
        )
        grant_organisation(user, bureau, actor=None)
    if code == "county_office":
        make_import(county, user=user, refused=("1", "2"))
        notify([user], kind="test.matter", key="1", words=WORDS, values={"count": 1}, address="/jobs/")
    return user


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("code", [code for code in ROLES if code != "api_client"])
def test_every_home_is_in_order(open_browser: OpenBrowser, site: Site, code: str, width: int) -> None:
    watch = open_browser(person(code), width)

    for address in ("/home/?short=1", "/inbox/"):
        assert watch.visit(site.url(address)) == []
    expect(watch.page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 390])
def test_completeness_is_in_order(open_browser: OpenBrowser, site: Site, width: int) -> None:
    watch = open_browser(person("county_office"), width)

    for address in ("/completeness/", f"/completeness/{COUNTY[:6]}101000/"):
        assert watch.visit(site.url(address)) == []


def test_completeness_fits_on_a4(open_browser: OpenBrowser, site: Site) -> None:
    watch = open_browser(person("county_office"))
    watch.visit(site.url("/completeness/"))
    watch.page.emulate_media(media="print")
    watch.page.set_viewport_size(A4)

    assert watch.sticking_out() == []
    expect(watch.page.locator("tfoot")).to_be_visible()
    expect(watch.page.locator(".app-header")).to_be_hidden()


def test_a_notice_is_read_and_the_bell_goes_quiet(open_browser: OpenBrowser, site: Site) -> None:
    page = open_browser(person("county_office")).page
    page.goto(site.url("/home/"))
    expect(page.locator("#bell .cnt")).to_have_text("1")

    page.locator("#bell").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="全部标为已读").click()

    expect(page.locator("#bell .cnt")).to_have_count(0)


def test_the_first_task_is_one_click_away_without_scripts(
    browser: Browser, open_browser: OpenBrowser, site: Site
) -> None:
    cookies = open_browser(person("county_office")).page.context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()

    page.goto(site.url("/home/"))
    page.locator(".first .btn-primary").click()
    expect(page.locator("h1")).to_be_visible()
    assert "/exchange/imports/" in page.url
    page.goto(site.url("/inbox/"))
    page.locator("#notices form button").first.click()
    assert page.url.endswith("/jobs/")
    context.close()
