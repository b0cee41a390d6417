"""Open a new year of a county, close one, open a closed one again."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from areas.models import Area
from core.changes import change
from core.clock import today
from households.models import HouseholdYear
from households.new_year import copy_household_year, copy_person_year
from standards import services
from standards.models import Assessment
from villages.models import CountyYear, VillageYear
from villages.services import copy_village_year
from villages.years import YearClosed, lock_years, plan_for_many, year_row


@dataclass(frozen=True)
class Copied:
    """Rows of the new year that took facts over, or stand there with unknown ones."""

    villages: int
    persons: int
    households: int


def open_year(county: Area, year: int, *, user: Any = None, reason: str = "") -> Copied:
    """Begin `year` with the facts of the year before, income apart; all or nothing.

    What was recorded for `year` already is left as it stands. ValidationError says why it cannot
    be opened; a second opening is refused.
    """
    number = county.county_number
    with _changing("opened", county, year, user, reason):
        plan_for_many()
        row = year_row(number, year)
        _refuse_opening(row)
        # Persons first, so that the members of the new rows are counted once.
        villages = copy_village_year(number, year)
        persons = copy_person_year(number, year)
        households = copy_household_year(number, year)
        row.opened_at, row.opened_by = timezone.now(), getattr(user, "pk", None)
        row.save(update_fields=["opened_at", "opened_by"])
    return Copied(villages, persons, households)


def _refuse_opening(row: CountyYear) -> None:
    year = row.year
    if row.closed_at is not None:
        raise YearClosed(year)
    if row.opened_at is not None:
        raise ValidationError(_("The year %(year)d is open already.") % {"year": year})
    if year > today().year + 1:
        raise ValidationError(_("The year %(year)d lies too far ahead to be opened.") % {"year": year})
    if not VillageYear.objects.filter(county=row.county, year=year - 1).exists():
        message = _("The year before %(year)d has no facts that could be taken over.")
        raise ValidationError(message % {"year": year})


def close_year(county: Area, year: int, *, user: Any = None, reason: str = "") -> int:
    """Make the facts of `year` read-only and end its assessments; return the number of households.

    Waits for open saves. What still waits to be judged is judged first, so that the verdicts of a
    closed year are those of its facts.
    """
    number = county.county_number
    with _changing("closed", county, year, user, reason):
        plan_for_many()
        # In this order: a save holds its year before it holds the judging.
        lock_years()
        services.lock_judging(number, alone=True)
        row = year_row(number, year)
        _refuse_closing(row)
        services.judge_waiting_villages(str(number), year)
        closed = _mark_households(number, year, closed=True)
        _assessments(number, year).filter(state=Assessment.State.DONE, closed_at=None).update(
            closed_at=timezone.now(), closed_by=getattr(user, "pk", None)
        )
        row.closed_at, row.closed_by = timezone.now(), getattr(user, "pk", None)
        row.save(update_fields=["closed_at", "closed_by"])
    return closed


def _refuse_closing(row: CountyYear) -> None:
    year = row.year
    if row.closed_at is not None:
        raise ValidationError(_("The year %(year)d is closed already.") % {"year": year})
    if year > today().year:
        raise ValidationError(_("The year %(year)d has not begun; it cannot be closed.") % {"year": year})
    if not VillageYear.objects.filter(county=row.county, year=year).exists():
        raise ValidationError(_("The year %(year)d has no facts.") % {"year": year})
    if _assessments(row.county, year).filter(state=Assessment.State.RUNNING).exists():
        message = _("The year %(year)d is being judged. Please wait for the end and close it then.")
        raise ValidationError(message % {"year": year})


def reopen_year(county: Area, year: int, *, user: Any = None, reason: str = "") -> int:
    """Let a closed year take facts again; its closed assessments stay, new ones begin."""
    number = county.county_number
    with _changing("reopened", county, year, user, reason):
        plan_for_many()
        lock_years()
        row = year_row(number, year)
        if row.closed_at is None:
            raise ValidationError(_("The year %(year)d is not closed.") % {"year": year})
        row.closed_at = row.closed_by = None
        row.save(update_fields=["closed_at", "closed_by"])
        return _mark_households(number, year, closed=False)


def _changing(what: str, county: Area, year: int, user: Any, reason: str) -> Any:
    number, area = county.county_number, county.prefix
    return change(f"year.{what}", user=user, reason=reason, county=number, area=area, subject=str(year))


def _mark_households(county: int, year: int, *, closed: bool) -> int:
    """The mark by which tallies and verdicts of the year stand still; a save begun before is stale."""
    rows = HouseholdYear.objects.filter(county=county, year=year, closed=not closed)
    return rows.update(closed=closed, version=F("version") + 1)


def _assessments(county: int, year: int) -> Any:
    return Assessment.objects.filter(area__code__startswith=str(county), year=year, trial=False)
