"""The business day: one answer to "which day is it", in Shanghai, passed on as a parameter."""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from core.models import Installation

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEMONSTRATION_DAY = date(2016, 10, 18)
# Years of which facts may be kept and asked for.
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
_KEEP_SECONDS = 20
# A demonstration may be cleared at any moment, and then the day is another.
_KEEP_SECONDS_OF_DEMONSTRATION = 2
_kept: tuple[float, Installation | None] | None = None


def calendar_day() -> date:
    """The day on the wall calendar in Shanghai."""
    return datetime.now(SHANGHAI).date()


def installation() -> Installation | None:
    """The installation row, read at most every 20 seconds a process (2 in a demonstration)."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > _kept_for(_kept[1]):
        _kept = (now, Installation.objects.first())
    return _kept[1]


def _kept_for(row: Installation | None) -> int:
    return _KEEP_SECONDS_OF_DEMONSTRATION if row and row.demonstration else _KEEP_SECONDS


def forget_installation() -> None:
    """Read the installation row anew at the next question; for those who write it."""
    global _kept
    _kept = None


def today() -> date:
    """The business day: the calendar day, or 2016-10-18 and on in a demonstration."""
    if settings.BUSINESS_DAY:
        return date.fromisoformat(settings.BUSINESS_DAY)
    row = installation()
    if row is None or not row.demonstration:
        return calendar_day()
    return DEMONSTRATION_DAY + max(calendar_day() - row.first_started_on, timedelta(0))


def _ahead() -> timedelta:
    """How far the wall calendar is ahead of the business day; nothing outside a demonstration."""
    return calendar_day() - today()


def end_of(day: date) -> datetime:
    """The moment at which a business day ends in Shanghai."""
    return datetime.combine(day + _ahead() + timedelta(days=1), datetime.min.time(), SHANGHAI)


def business_moment(moment: datetime) -> datetime:
    """A moment in Shanghai as pages show it: on the business day on which it fell."""
    return moment.astimezone(SHANGHAI) - _ahead()


def business_day_of(moment: datetime) -> date:
    """The business day on which a moment fell."""
    return business_moment(moment).date()


def day_of_judgement(year: int, day: date | None = None) -> date:
    """The day as of which `year` is judged: 31 December, or `day` (today) before that."""
    return min(date(year, 12, 31), day or today())
