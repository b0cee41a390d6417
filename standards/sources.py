"""Where a fact comes from: the last change that touched its column (`decisions.md` 23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from core.clock import business_day_of
from core.models import Change, RowHistory

KINDS = {
    "import.applied": lambda: _("import"),
    "household.saved": lambda: _("entered"),
    "village.saved": lambda: _("entered"),
    "hand.judged": lambda: _("judged by hand"),
    "demonstration.loaded": lambda: _("demonstration data"),
    "households.generated": lambda: _("generated data"),
    "direct": lambda: _("written in the database"),
}


@dataclass(frozen=True)
class Source:
    """One change as the source of a fact: the day of entry, who, and how."""

    day: date
    who: str
    how: str
    change_id: int
    import_id: int | None
    evidence: str = ""

    def __str__(self):
        return " ".join(part for part in (str(self.day), self.who, self.how) if part)


def source_of(change: Change) -> Source:
    """The source that a change is."""
    how = KINDS[change.kind]() if change.kind in KINDS else change.kind
    return Source(
        day=business_day_of(change.at),
        who=change.user_name or change.database_user,
        how=how,
        change_id=change.pk,
        import_id=change.source_import,
        evidence=change.evidence,
    )


def fact_sources(
    table: str, row_ids: Iterable[int], until: datetime | None = None
) -> dict[tuple[int, str], Source]:
    """The source of every known column of these rows, by (row, column), as known at the moment `until`.

    An update names its columns; an insertion is the source of every column it filled.
    """
    rows = RowHistory.objects.filter(table=table, row_id__in=list(row_ids)).select_related("change")
    if until is not None:
        rows = rows.filter(change__at__lt=until)
    found: dict[tuple[int, str], Source] = {}
    for row in rows.order_by("pk"):
        filled = row.changed if row.operation == "U" else _filled(row.image)
        source = source_of(row.change)
        for column in filled or {}:
            found[row.row_id, column] = source
    return found


def _filled(image: dict | None) -> list[str]:
    return [column for column, value in (image or {}).items() if value is not None]
