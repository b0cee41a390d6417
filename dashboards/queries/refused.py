"""Refused rows of workbooks that are still open: nobody has handed them in rightly since."""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from exchange.models import Import, ImportSheet, StagedRow

# The imports whose refused rows count; those of abandoned and failed ones do not.
COUNTED = (
    Import.State.COMPARED,
    Import.State.CONFIRMED,
    Import.State.APPLYING,
    Import.State.APPLIED,
)


def open_rows(user: Any) -> QuerySet[StagedRow]:
    """Refused rows of imports that `user` may see, whose household, person or village no later
    import brought without being refused. They are erased with the staged rows of their import.
    """
    imports = Import.objects.visible_to(user).filter(state__in=COUNTED)
    sheets = ImportSheet.objects.filter(refused__gt=0, file__source__in=imports.order_by().values("pk"))
    later = StagedRow.objects.filter(
        source__in=imports.order_by().values("pk"),
        source_id__gt=OuterRef("source_id"),
        format=OuterRef("format"),
        key=OuterRef("key"),
        year=OuterRef("year"),
    ).exclude(state__in=[StagedRow.State.REFUSED, StagedRow.State.STAGED])
    # The keys first: each sheet's rows then come by their index.
    keys = list(sheets.values_list("pk", flat=True))
    rows = StagedRow.objects.filter(sheet__in=keys, state=StagedRow.State.REFUSED)
    return rows.filter(~Exists(later))


def open_refused(user: Any) -> dict[int, int]:
    """How many refused rows are open, by import; no query over rows while no sheet has any."""
    rows = open_rows(user).order_by().values_list("source_id", flat=True)
    return dict(Counter(rows))
