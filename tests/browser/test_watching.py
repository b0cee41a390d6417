"""The watch itself: it sees what it is there to see."""

import pytest
from django.urls import reverse

from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def watch(open_browser: OpenBrowser, site: Site) -> Watch:
    opened = open_browser(None)
    assert opened.visit(site.url(reverse("accounts:sign-in"))) == []
    return opened


def test_a_style_attribute_is_refused_and_seen(watch: Watch) -> None:
    watch.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    watch.page.wait_for_timeout(100)

    assert any("policy refuses style-src-attr" in fault for fault in watch.faults)


def test_a_script_that_breaks_is_seen(watch: Watch) -> None:
    watch.page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    watch.page.wait_for_timeout(100)

    assert watch.faults == ["script: broken"]


def test_what_sticks_out_is_seen(watch: Watch) -> None:
    watch.page.evaluate("document.querySelector('main').firstElementChild.style.width = '3000px'")

    assert watch.sticking_out()


def test_a_barrier_is_seen(watch: Watch) -> None:
    watch.page.evaluate("document.querySelector('label').remove()")

    assert any("axe: label" in barrier for barrier in watch.barriers())
