"""Days that pass within a test: the end of each is the moment at which the test ended it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from django.utils import timezone

FIRST_DAY = date(2016, 10, 1)


class Days:
    """Ends one business day after the other; `end_of` knows those that have ended, the rest by the clock."""

    def __init__(self) -> None:
        self.ends: dict[date, datetime] = {}

    def end(self) -> date:
        """End the present day and return it."""
        day = FIRST_DAY + timedelta(days=len(self.ends))
        self.ends[day] = timezone.now()
        return day

    def end_of(self, day: date) -> datetime:
        return self.ends.get(day) or timezone.now() - timedelta(days=(FIRST_DAY - day).days)


@contextmanager
def passing_days() -> Iterator[Days]:
    """Days that the pages of an earlier day see."""
    days = Days()
    with (
        patch("desk.queries.then.end_of", days.end_of),
        patch("desk.queries.village_then.end_of", days.end_of),
    ):
        yield days
