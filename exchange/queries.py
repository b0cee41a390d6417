"""What the pages of imports show."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from exchange.models import Import, ImportSheet, StagedRow
from households.models import Household, Membership

State = StagedRow.State


def imports_for_list(user: Any) -> QuerySet[Import]:
    """The imports that `user` may see, with the counts of their sheets."""
    names = ("rows_read", "new", "changed", "unchanged", "refused", "left_out")
    totals = {f"{name}_total": Sum(f"files__sheets__{name}") for name in names}
    return (
        Import.objects.visible_to(user)
        .annotate(**totals, file_count=Count("files", distinct=True))
        .prefetch_related("files")
        .order_by("-created_at", "-pk")
    )


def sheets_of(source: Import) -> list[ImportSheet]:
    return list(
        ImportSheet.objects.filter(file__source=source)
        .select_related("file")
        .order_by("file__position", "index")
    )


def rows_of(source: Import, state: str) -> QuerySet[StagedRow]:
    """The rows in one state, in the order of the sheets; those left out stand among the changed ones."""
    rows = StagedRow.objects.filter(source=source).select_related("sheet", "sheet__file")
    if state == "warned":
        rows = rows.exclude(state=State.REFUSED).exclude(notes=[])
    elif state == State.CHANGED:
        rows = rows.filter(state__in=[State.CHANGED, State.LEFT_OUT])
    else:
        rows = rows.filter(state=state)
    return rows.order_by("sheet_id", "number")


def households_missing(source: Import) -> QuerySet[Household]:
    """Households of the area that stand in no row of the sheet of households; none when there is no such sheet."""
    staged = StagedRow.objects.filter(source=source, format="households")
    if not staged.exists():
        return Household.objects.none()
    mentioned = staged.filter(key=OuterRef("number"))
    return (
        Household.objects.valid()
        .within(source.area_prefix)
        .filter(~Exists(mentioned))
        .select_related("village__area")
        .order_by("village__area__code", "number")
    )


def members_missing(source: Import) -> QuerySet[Membership]:
    """Members of the sheet's households that stand in no row of the sheet of members."""
    staged = StagedRow.objects.filter(source=source, format="persons")
    if not staged.exists():
        return Membership.objects.none()
    household = staged.filter(household_id=OuterRef("household_id"))
    person = staged.filter(person_id=OuterRef("person_id"))
    return (
        Membership.objects.within(source.area_prefix)
        .filter(Exists(household), ~Exists(person), to_day=None)
        .annotate(household_number=F("household__number"), person_name=F("person__name"))
        .order_by("household__number", "pk")
    )
