"""Two people edited one household: field by field what stood, what the other saved, what was typed.

The version that the form saw and the history of the row since give the base; a field that only one
of the two changed is merged without asking.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from areas.models import Area
from core.models import RowHistory
from desk.queries.facts import label_of, shown
from households.entry import Correction


@dataclass(frozen=True)
class Since:
    """What happened to a row since a version: values before, who did it last and when."""

    before: dict[str, Any]
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Conflict:
    """A column that both changed, to different values."""

    name: str
    field: Any
    base: Any
    theirs: Any
    mine: Any
    since: Since

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def shown(self) -> list[str]:
        """Base, theirs and mine in words."""
        return [self._words(value) for value in (self.base, self.theirs, self.mine)]

    def _words(self, value: Any) -> str:
        if self.field.name == "birth_date" and value:
            return str(value.year)
        if self.field.is_relation and value:
            return str(Area.objects.get(pk=value).name)
        return shown(self.field, value)


def changed_since(row: Any, version: int) -> Since:
    """The columns that others wrote after `version`, with the values that stood before."""
    entries = (
        RowHistory.objects.filter(table=row._meta.db_table, row_id=row.pk, operation="U")
        .select_related("change")
        .order_by("pk")
    )
    before: dict[str, Any] = {} if version else {one.column: None for one in row._meta.fields}
    last = None
    for entry in entries:
        if int((entry.image or {}).get("version", 0)) <= version:
            continue
        last = entry.change
        for column, (old, _new) in (entry.changed or {}).items():
            before.setdefault(column, old)
    return Since(before, last.user_name if last else "", last.at if last else None)


def merge(correction: Correction, since: Since) -> list[Conflict]:
    """Bring the correction onto the row as it stands now; return what only a person can decide."""
    row, conflicts = correction.row, []
    for column, mine in list(correction.values.items()):
        field = row._meta.get_field(column)
        if field.column not in since.before:
            continue
        theirs, base = getattr(row, field.attname), field.to_python(_read(field, since.before[field.column]))
        typed = getattr(mine, "pk", mine) if field.is_relation else mine
        if typed in (base, theirs):
            correction.values[column] = getattr(row, column)
        else:
            conflicts.append(Conflict(f"{correction.part}-{column}", field, base, theirs, typed, since))
    correction.version = row.version
    return conflicts


def _read(field: Any, value: Any) -> Any:
    """A value of the history's image as the model holds it."""
    if value is None or not hasattr(field, "from_db_value") or isinstance(value, list):
        return value
    return field.from_db_value(value, None, None)
