"""What the address of a counting page asks for: year, plan, the day as of which, the day since which."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.clock import today
from core.days import day_asked
from standards.scope import year_asked, years_known

# Between two progress meetings.
DAYS_BETWEEN_MEETINGS = 20


@dataclass(frozen=True)
class Asked:
    """The conditions of a page, checked."""

    year: int
    years: list[int]
    plan: int | None
    as_of: date | None
    since: date

    @property
    def rest(self) -> str:
        """The conditions that go along with every link to a list or another area."""
        return f"year={self.year}" + (f"&plan={self.plan}" if self.plan else "")


def read(user: Any, data: QueryDict) -> Asked:
    """Read the address; ValidationError says in a sentence what cannot be shown."""
    years = years_known(user)
    year = _year(data.get("year"), years)
    as_of = day_asked(data.get("as_of"), _("The day as of which to look"))
    plan = year if data.get("plan") == str(year) and as_of is None else None
    since = day_asked(data.get("since"), _("The day since which to compare"))
    return Asked(year, years, plan, as_of, since or today() - timedelta(days=DAYS_BETWEEN_MEETINGS))


def _year(text: str | None, years: list[int]) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text[:6]) in years):
        raise ValidationError(_("There are no facts of the year %(year)s.") % {"year": text[:10]})
    return year_asked(text, years)
