"""How many households met everything when each assessment ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from areas.models import Area
from core.clock import business_day_of
from standards.models import Assessment, Subject

MOST = 12


@dataclass(frozen=True)
class Point:
    """The last assessment of one day."""

    day: date
    met: int
    judged: int
    run: int


def trend(user: Any, area: Area | None, year: int) -> list[Point]:
    """The assessments of just this area by day, the oldest first; from the counts kept with each run."""
    if area is None:
        return []
    runs = (
        Assessment.objects.visible_to(user)
        .filter(subject=Subject.HOUSEHOLD, area=area, year=year, trial=False, state=Assessment.State.DONE)
        .exclude(counts={})
        .exclude(finished_at=None)
        .order_by("-finished_at")
    )
    days: dict[date, Point] = {}
    for run in runs[: 4 * MOST]:
        assert run.finished_at is not None
        day = business_day_of(run.finished_at)
        counts = run.counts["verdict"]
        days.setdefault(day, Point(day, counts["met"], sum(counts.values()), run.pk))
    return sorted(days.values(), key=lambda point: point.day)[-MOST:]
