"""Rows as the database held them at a moment of the past, read from the images of their history.

An image says what a row was after it was written, so a row stood at a moment as its last image before
it. Rows of generated data keep no image of their first writing: what stood before their first image is
that image with its old values put back, and a row never written again stands as it does now; both are
known from the moment of the change that brought the data (`bulk`), and nothing is known before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from core.fields import FenField
from core.models import Change, RowHistory

# Kinds of changes that keep no image of each row.
BULK = ("demonstration.loaded", "households.generated")
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Step:
    """One write to one row: the columns it changed and the whole row."""

    change_id: int
    at: datetime
    operation: str
    changed: dict[str, list[Any]] | None
    image: dict[str, Any] | None

    @property
    def before(self) -> dict[str, Any] | None:
        """The row before this step; None when there was none."""
        if self.operation == RowHistory.Operation.INSERT:
            return None
        old = {column: values[0] for column, values in (self.changed or {}).items()}
        return {**(self.image or {}), **old}

    @property
    def after(self) -> dict[str, Any] | None:
        """The row after this step; None when it is gone."""
        return None if self.operation == RowHistory.Operation.DELETE else self.image


def bulk_change(county: int | None) -> Change | None:
    """The change that brought data without images into the county."""
    found = Change.objects.filter(Q(county=county) | Q(county=None), kind__in=BULK)
    return found.order_by("-pk").first()


class Recall:
    """Rows of several tables as they stood at the end of `moment`; the moment itself is outside."""

    def __init__(self, moment: datetime, county: int | None):
        self.moment = moment
        self.bulk = bulk_change(county)

    def rows(self, model: type[Row], ids: Iterable[int]) -> dict[int, Row]:
        """The rows among `ids` that stood then, by key; two queries, whatever their number."""
        wanted = list(ids)
        steps = self._steps(model, wanted)
        found = {key: self._stood(steps[key]) for key in wanted if key in steps}
        rows = {key: row_of(model, image) for key, image in found.items() if image is not None}
        untouched = [key for key in wanted if key not in steps]
        if untouched and self.since_bulk:
            rows |= model._default_manager.in_bulk(untouched)
        return rows

    def first_known(self, model: type[Row], key: int) -> datetime | None:
        """Since when something is known of a row: it was written, came in bulk, or has its first image."""
        steps = self._steps(model, [key]).get(key, [])
        if steps and steps[0].operation == RowHistory.Operation.INSERT:
            return steps[0].at
        if self.bulk is not None:
            return self.bulk.at
        return steps[0].at if steps else None

    @property
    def since_bulk(self) -> bool:
        """Whether data without images stood in the database then."""
        return self.bulk is not None and self.bulk.at < self.moment

    def _steps(self, model: type[Row], ids: list[int]) -> dict[int, list[Step]]:
        rows = RowHistory.objects.filter(table=model._meta.db_table, row_id__in=ids).order_by("pk")
        columns = ("row_id", "change_id", "change__at", "operation", "changed", "image")
        steps: dict[int, list[Step]] = {}
        for key, *values in rows.values_list(*columns) if ids else []:
            steps.setdefault(key, []).append(Step(*values))
        return steps

    def _stood(self, steps: list[Step]) -> dict[str, Any] | None:
        past = [step for step in steps if step.at < self.moment]
        if past:
            return past[-1].after
        return steps[0].before if self.since_bulk else None


def row_of(model: type[Row], image: Mapping[str, Any]) -> Row:
    """A row that is not saved, with the values of an image; what the image lacks is None."""
    row = model()
    for field in model._meta.concrete_fields:
        setattr(row, field.attname, value_of(field, image.get(str(field.column))))
    row._state.adding = False
    row._state.db = "default"
    return row


def value_of(field: models.Field, value: Any) -> Any:
    """The Python value of one column of an image, which is JSON."""
    if value is None:
        return None
    if isinstance(field, FenField):
        return field.from_db_value(int(value), None, None)
    if isinstance(field, models.DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    return value
