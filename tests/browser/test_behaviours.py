"""Keys, dialogs, menus, choosing rows and parts that fail, on the page of components."""

import pytest
from django.urls import reverse
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.makers import make_user
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def kit(open_browser: OpenBrowser, site: Site) -> Watch:
    watch = open_browser(make_user("system_admin", False))
    watch.page.goto(site.url(reverse("core:ui-kit")))
    return watch


def test_keys_move_choose_and_count(kit: Watch) -> None:
    page = kit.page

    for key in "jjx":
        page.keyboard.press(key)

    expect(page.locator("[data-rows] tbody tr.cur")).to_contain_text("谭志中")
    expect(page.locator("[data-rows] tbody tr.sel")).to_have_count(1)
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.locator("[data-choose-none]").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_the_slash_finds_and_fields_keep_their_letters(kit: Watch) -> None:
    page = kit.page

    page.keyboard.press("/")
    page.keyboard.type("jx")

    expect(page.locator('main [data-hotkey="/"]')).to_be_focused()
    expect(page.locator('main [data-hotkey="/"]')).to_have_value("jx")
    expect(page.locator("[data-rows] tbody tr.sel")).to_have_count(0)


def test_an_input_method_that_composes_is_left_alone(kit: Watch) -> None:
    kit.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', isComposing: true, bubbles: true}))"
    )

    expect(kit.page.locator("tr.cur")).to_have_count(0)


def test_single_keys_can_be_switched_off(kit: Watch) -> None:
    page = kit.page
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("j")

    expect(page.locator("tr.cur")).to_have_count(0)


def test_a_dialog_opens_and_gives_the_focus_back(kit: Watch) -> None:
    page = kit.page
    page.keyboard.press("n")
    expect(page.locator("#kit-dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#kit-dialog")).to_be_hidden()


def test_typed_words_are_not_left_without_asking(kit: Watch) -> None:
    page = kit.page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#id_wage").fill("1")

    page.locator(".topnav a").first.click(no_wait_after=True)
    page.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    assert reverse("core:ui-kit") in page.url


def _load_a_part(page: Page) -> None:
    page.evaluate(
        """() => {
          const part = document.createElement("div");
          part.id = "late-part";
          part.setAttribute("hx-get", "/part/");
          part.setAttribute("hx-trigger", "load");
          document.querySelector("main").append(part);
          window.htmx.process(part);
        }"""
    )


def test_a_part_that_fails_says_so_and_can_be_read_again(kit: Watch) -> None:
    page = kit.page
    answers = iter([500, 200])
    page.route("**/part/", lambda route: route.fulfill(status=next(answers), body="<p>read</p>"))
    _load_a_part(page)
    expect(page.locator("#late-part [data-failed]")).to_be_visible()

    page.locator("#late-part [data-retry]").click()

    expect(page.locator("#late-part")).to_have_text("read")


def test_the_menu_of_a_phone_leads_to_the_same_pages(open_browser: OpenBrowser, site: Site) -> None:
    watch = open_browser(make_user("system_admin", False), 390)
    page = watch.page
    page.goto(site.url(reverse("core:ui-kit")))
    expect(page.locator(".topnav")).to_be_hidden()

    page.locator(".menu-btn").click()
    page.locator(".sidemenu a").first.click()

    expect(page.locator("h1")).to_be_visible()
    assert reverse("core:ui-kit") not in page.url


def test_every_target_on_a_phone_is_large_enough(open_browser: OpenBrowser, site: Site) -> None:
    watch = open_browser(make_user("system_admin", False), 390)
    watch.page.goto(site.url(reverse("core:ui-kit")))

    small = watch.page.evaluate(
        """() => [...document.querySelectorAll("button, .btn, .chip, .form-control, .form-select")]
          .filter((e) => e.offsetParent && !e.matches(".btn-link, .ts-hidden-accessible"))
          .filter((e) => e.getBoundingClientRect().height < 24)
          .map((e) => e.outerHTML.slice(0, 80))"""
    )

    assert small == []


def test_the_language_switch_keeps_the_page(kit: Watch) -> None:
    page = kit.page

    page.locator(".tools form button[name=language]").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(reverse("core:ui-kit"))


def test_without_scripts_the_menus_open_and_nothing_is_hidden(
    browser, browser_context_args, site: Site
) -> None:
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()

    page.goto(site.url(reverse("accounts:sign-in")))

    expect(page.locator("input[name=username]")).to_be_visible()
    context.close()
