"""Which yearly rows an import or the changes since a day touched, by the history."""

from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from core.clock import SHANGHAI
from core.models import Change, RowHistory
from households.models import HouseholdStatus, HouseholdYear, Membership

YEAR_TABLE = "households_householdyear"
HOUSEHOLD_TABLE = "households_household"
STATUS_TABLE = "households_householdstatus"
MEMBERSHIP_TABLE = "households_membership"
PERSON_TABLE = "households_person"
PERSON_YEAR_TABLE = "households_personyear"


def touched_since(day: date, joined: str = "") -> Q:
    """Results whose verdict, or whose household's facts or members changed on `day` or later.

    With `joined` the result hangs on a yearly row and may be missing. The moment of the verdict is
    asked of the row itself, so that a whole county judged anew is no list of its households.
    """
    midnight = datetime.combine(day, time(), SHANGHAI)
    judged = Q(**{f"{joined}since__gte": midnight})
    change = Change.objects.filter(at__gte=midnight).order_by("pk").values_list("pk", flat=True).first()
    if change is None:
        return judged
    first, *others = _touched(RowHistory.objects.filter(change__gte=change))
    return judged | Q(household__in=first.union(*others, all=True))


def touched_by_import(number: int) -> Q:
    """Rows that the import with this number wrote to."""
    changes = list(Change.objects.filter(source_import=number).values_list("pk", flat=True))
    if not changes:
        return Q(pk__in=[])
    first, *others = _touched(RowHistory.objects.filter(change__in=changes))
    return Q(household__in=first.union(*others, all=True))


def _touched(history: QuerySet) -> list[QuerySet]:
    """Keys of the households that these rows of the history are about, by table."""
    rows = history.order_by()
    households = [
        HouseholdYear.objects.filter(pk__in=_rows(rows, YEAR_TABLE)),
        HouseholdStatus.objects.filter(pk__in=_rows(rows, STATUS_TABLE)),
        Membership.objects.filter(pk__in=_rows(rows, MEMBERSHIP_TABLE)),
        Membership.objects.filter(person__in=_rows(rows, PERSON_TABLE)),
        Membership.objects.filter(person__years__in=_rows(rows, PERSON_YEAR_TABLE)),
    ]
    found = [rows.order_by().values_list("household") for rows in households]
    return [_rows(rows, HOUSEHOLD_TABLE).values_list("row_id"), *found]


def _rows(history: QuerySet, table: str) -> QuerySet:
    return history.filter(table=table).values("row_id")
