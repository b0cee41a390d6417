"""A page under watch: what the policy refuses, what the console says, what sticks out, what axe finds."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

REPORT_REFUSALS = """
document.addEventListener("securitypolicyviolation", (event) => {
  const place = `${event.sourceFile}:${event.lineNumber}`;
  console.error(`policy refuses ${event.violatedDirective} ${event.blockedURI} ${place}`);
});
"""
# What is wider than the window, unless it scrolls inside its own box.
STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".scroll-x"))
    .slice(0, 3).map((e) => `${e.tagName} ${e.className.baseVal ?? e.className}`);
}"""
QUIET = "() => !document.querySelector('.htmx-request, [data-part] [aria-busy=true]')"


class Watch:
    """Collects what goes wrong on a page from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def visit(self, address: str, *, expected: int = 200) -> list[str]:
        """Open `address` and say everything that is wrong with it."""
        self.faults = []
        answer = self.page.goto(address, wait_until="load")
        self.page.wait_for_function(QUIET)
        status = answer.status if answer else 0
        faults = [] if status == expected else [f"status: {status} instead of {expected}"]
        if expected != 200:
            self.faults = [fault for fault in self.faults if f"status of {expected}" not in fault]
        return faults + self.faults + self.sticking_out() + self.barriers()

    def is_page(self, address: str) -> bool:
        """Whether a whole page stands there, and not a file or a part of a page."""
        answer = self.page.request.get(address)
        return "<html" in answer.text() if "text/html" in answer.headers.get("content-type", "") else False

    def sticking_out(self) -> list[str]:
        return [f"wider than the window: {place}" for place in self.page.evaluate(STICKS_OUT)]

    def barriers(self) -> list[str]:
        """What axe finds, with the first place of each."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"axe: {one['id']} at {one['nodes'][0]['target'][0]}" for one in found]


def watched_page(context: BrowserContext) -> Watch:
    page = context.new_page()
    page.add_init_script(REPORT_REFUSALS)
    return Watch(page)
