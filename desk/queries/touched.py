"""Which yearly rows an import or the changes since a day touched, by the history."""

from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from core.clock import SHANGHAI
from core.models import Change, RowHistory
from households.models import Membership, PersonYear

YEAR_TABLE = "households_householdyear"
HOUSEHOLD_TABLE = "households_household"
STATUS_TABLE = "households_householdstatus"
MEMBERSHIP_TABLE = "households_membership"
PERSON_TABLE = "households_person"
PERSON_YEAR_TABLE = "households_personyear"


def touched_since(day: date) -> Q:
    """Rows whose facts, members or verdict changed on `day` or later."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    first = Change.objects.filter(at__gte=midnight).order_by("pk").values_list("pk", flat=True).first()
    judged = Q(result__since__gte=midnight)
    return judged if first is None else judged | _touched(RowHistory.objects.filter(change__gte=first))


def touched_by_import(number: int) -> Q:
    """Rows that the import with this number wrote to."""
    changes = list(Change.objects.filter(source_import=number).values_list("pk", flat=True))
    return _touched(RowHistory.objects.filter(change__in=changes)) if changes else Q(pk__in=[])


def _touched(history: QuerySet) -> Q:
    rows = history.order_by()
    people = Membership.objects.filter(person__in=_rows(rows, PERSON_TABLE)) | Membership.objects.filter(
        person__in=PersonYear.objects.filter(pk__in=_rows(rows, PERSON_YEAR_TABLE)).values("person")
    )
    members = Membership.objects.filter(pk__in=_rows(rows, MEMBERSHIP_TABLE))
    return (
        Q(pk__in=_rows(rows, YEAR_TABLE))
        | Q(household__in=_rows(rows, HOUSEHOLD_TABLE))
        | Q(household__in=members.order_by().values("household"))
        | Q(household__in=people.order_by().values("household"))
    )


def _rows(history: QuerySet, table: str) -> QuerySet:
    return history.filter(table=table).values("row_id")
