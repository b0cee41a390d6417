"""Years of a county: which are closed, and what stands between a closed one and a writer."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from villages.models import CountyYear

# The triggers of the yearly facts share this lock until commit; who closes a year takes it alone.
YEARS_LOCK = 0x59454152
# What every yearly row has and no copy takes over.
_ROW = frozenset({"id", "county", "year", "version", "village", "household", "person"})


class YearClosed(ValidationError):
    """The facts of this year are read-only."""

    def __init__(self, year: int) -> None:
        super().__init__(_("The year %(year)d is closed; its facts are read-only.") % {"year": year})


def closed_years(county: int) -> set[int]:
    """The years of the county that take no facts any more."""
    return set(
        CountyYear.objects.filter(county=county).exclude(closed_at=None).values_list("year", flat=True)
    )


def refuse_closed(county: int, years: Iterable[int]) -> None:
    """Raise YearClosed for the first of these years that is closed in the county."""
    closed = CountyYear.objects.filter(county=county, year__in=list(years)).exclude(closed_at=None)
    year = closed.order_by("year").values_list("year", flat=True).first()
    if year is not None:
        raise YearClosed(year)


def lock_years() -> None:
    """Wait for every open write of yearly facts and let none begin, until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [YEARS_LOCK])


def plan_for_many() -> None:
    """Until commit, let the triggers be planned for thousands of rows.

    A trigger keeps the plan of the first statement in its session; made for one row it compares
    each new row with each old one (9,000 rows: minutes instead of seconds).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = 'force_custom_plan'")
        cursor.execute("SET LOCAL enable_nestloop = off")


def year_row(county: int, year: int) -> CountyYear:
    """The county's row of the year, locked until commit; made when there is none."""
    CountyYear.objects.bulk_create([CountyYear(county=county, year=year)], ignore_conflicts=True)
    return CountyYear.objects.select_for_update().get(county=county, year=year)


def carried(model: type[models.Model], but: Iterable[str]) -> list[str]:
    """The columns of a yearly table that a new year takes over from the last one."""
    left_out = _ROW | set(but)
    return [str(field.column) for field in model._meta.fields if field.name not in left_out]
