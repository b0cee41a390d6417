"""Masked numbers in a real browser: by keyboard, with wrong input, and what is left behind."""

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from accounts.models import AccessEvent
from areas.models import Area
from core.secrets import reveal
from households.models import Household, Membership
from tests.browser.conftest import OpenBrowser
from tests.desk.county import COUNTY, make_county
from tests.makers import PASSWORD, make_user
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBER = "4100010000000002"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_number_is_shown_in_its_cell_and_goes_back(
    open_browser: OpenBrowser, site: Site, width: int
) -> None:
    if not Area.objects.filter(code=COUNTY).exists():
        make_county()
    household = Household.objects.get(number=NUMBER)
    secret = Membership.objects.filter(household=household).first().person.id_number
    plain = reveal(secret)
    user = make_user("county_office", Area.objects.get(code=COUNTY))
    # The server does not know the quick hashes of the tests.
    user.password = make_password(PASSWORD, hasher="argon2")
    user.save(update_fields=["password"])
    watch = open_browser(user, width)
    page = watch.page
    page.clock.install()
    page.goto(site.url(f"/households/{NUMBER}/"))
    opener, dialog = page.locator(f"a[href$='/secrets/{secret.pk}/reveal/']"), page.locator("#secret-dialog")
    cell = page.locator(f"#secret-{secret.pk}")

    opener.focus()
    page.keyboard.press("Enter")
    expect(dialog.locator("select")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()

    opener.click()
    dialog.locator("select").select_option("other")
    dialog.locator("input[type=password]").fill(PASSWORD)
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".err")).to_be_visible()
    dialog.locator("select").select_option("account")
    dialog.locator("input[type=password]").fill(PASSWORD)
    dialog.locator("button[type=submit]").click()
    expect(cell).to_have_text(plain)
    expect(dialog).to_have_count(0)
    assert AccessEvent.objects.filter(kind="revealed").count() > 0

    # The half minute begins when the page has settled, a moment after the number stands there.
    page.wait_for_timeout(500)
    page.clock.fast_forward(31_000)
    expect(cell).to_have_text(plain[:3] + "*" * 15)
    assert plain not in page.content()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert plain not in kept
