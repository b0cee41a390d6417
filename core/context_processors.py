"""What the frame of every page shows: navigation, business day, scope, marks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from core.clock import installation, today
from core.notices import unread_count


@dataclass(frozen=True)
class NavigationEntry:
    """One word of the bar: its page, the right it needs ("": none), and the views it stays lit for."""

    label: str
    route: str
    right: str
    lit_for: Sequence[str] = ()
    # Roles whose pages lead there all the same; their bar stays short.
    not_for: Sequence[str] = ()

    @property
    def address(self) -> str:
        """Where it leads; empty while the page does not exist."""
        try:
            return reverse(self.route)
        except NoReverseMatch:
            return ""

    def is_lit(self, view_name: str) -> bool:
        return view_name.startswith(tuple(self.lit_for) or (self.route,))


@dataclass(frozen=True)
class ShownEntry:
    label: str
    address: str
    current: bool


class House:
    """Read only when a template asks: an error page without a user costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @property
    def site_name(self) -> str:
        """The name that the settings give, else the platform's after the county's."""
        if settings.SITE_NAME:
            return str(settings.SITE_NAME)
        county = _county_name() if settings.SITE_NAME_OF_COUNTY else ""
        if not county:
            return _("Poverty alleviation information platform")
        return _("%(county)s poverty alleviation information platform") % {"county": county}

    @cached_property
    def today(self) -> date:
        return today()

    @cached_property
    def demonstration(self) -> bool:
        row = installation()
        return bool(row and row.demonstration)

    @property
    def number(self) -> str:
        return request_number()

    @cached_property
    def navigation(self) -> list[ShownEntry]:
        """The entries this person may use; the others are absent, not grey."""
        user = self.user
        if user is None or not user.is_authenticated:
            return []
        match = self.request.resolver_match
        view_name = match.view_name if match else ""
        return [
            ShownEntry(entry.label, entry.address, entry.is_lit(view_name))
            for entry in _frame().entries()
            if self._may_use(entry) and entry.address
        ]

    def _may_use(self, entry: NavigationEntry) -> bool:
        role = getattr(self.user, "role", None)
        if role is not None and role.code in entry.not_for:
            return False
        return not entry.right or bool(self.user and self.user.may(entry.right))

    @cached_property
    def unread(self) -> int:
        """How many notices the person has not read; one query, none when nobody is signed in."""
        return unread_count(self.user) if self._signed_in else 0

    @cached_property
    def scope(self) -> str:
        """The areas of this person in words, for the head and the foot."""
        return _frame().scope_words(self.user) if self._signed_in else ""

    @cached_property
    def start(self) -> str:
        """The page this person begins with."""
        role = getattr(self.user, "role", None)
        try:
            return reverse(role.home) if role else "/"
        except NoReverseMatch:
            return "/"

    @property
    def _signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)


_KEEP_SECONDS = 60
_county: tuple[float, str] | None = None


def _county_name() -> str:
    """The name of the one county, read once a minute; empty when there are several or no database."""
    global _county
    now = time.monotonic()
    if _county is None or now - _county[0] > _KEEP_SECONDS:
        try:
            _county = (now, _frame().county_name())
        except DatabaseError:
            return ""
    return _county[1]


def _frame() -> Any:
    """The module of the top floor that names the pages and reads the grants in words."""
    return import_module(getattr(settings, "NAVIGATION", "poverty.navigation"))


def request_number() -> str:
    """Eight characters of the request id: what a person reads out on the telephone."""
    number = str(get_contextvars().get("request_id", "")).replace("-", "")[:8].upper()
    return f"{number[:4]}-{number[4:]}" if number else ""


def house(request: HttpRequest) -> dict[str, House]:
    return {"house": House(request)}
