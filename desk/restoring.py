"""Put one field back to what it was before a change: a new change of its own, by the same services."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.models import RowHistory
from core.recalled import value_of
from desk.queries.facts import shown
from desk.queries.history import Rows, model_of, restorable, stored
from households.models import Household, HouseholdYear, Person, PersonYear
from households.services import (
    homes_in_year,
    save_household,
    save_household_year,
    save_person,
    save_person_year,
)
from villages.models import VillageYear
from villages.services import save_village_year

SAVES: dict[type[models.Model], Any] = {
    Household: save_household,
    HouseholdYear: save_household_year,
    Person: save_person,
    PersonYear: save_person_year,
    VillageYear: save_village_year,
}


@dataclass(frozen=True)
class Restoring:
    """One field of one row that stands now, and the value it had before a change."""

    history: RowHistory
    row: Any
    field: models.Field
    value: Any
    about: str

    @property
    def label(self) -> str:
        return str(self.field.verbose_name)

    @property
    def old(self) -> str:
        return stored(self.field, self._pair[0])

    @property
    def written(self) -> str:
        """What the change wrote in its place."""
        return stored(self.field, self._pair[1])

    @property
    def now(self) -> str:
        return shown(self.field, getattr(self.row, self.field.attname))

    @property
    def _pair(self) -> list[Any]:
        return (self.history.changed or {})[self.field.column]


def restoring(groups: list[Rows], history: str, column: str) -> Restoring | None:
    """What a row of the history would put back; None when it is not about these rows or cannot be."""
    if not (history.isascii() and history.isdigit() and len(history) < 19):
        return None
    found = RowHistory.objects.filter(pk=int(history), operation=RowHistory.Operation.UPDATE).first()
    about = {(group.table, row): words for group in groups for row, words in group.about.items()}
    if found is None or (found.table, found.row_id) not in about or column not in (found.changed or {}):
        return None
    model = model_of(found.table)
    if column not in restorable(model):
        return None
    row = model._default_manager.get(pk=found.row_id)
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    value = value_of(field, (found.changed or {})[column][0])
    return Restoring(found, row, field, value, about[found.table, found.row_id])


def restore(what: Restoring, *, version: int, user: Any, reason: str) -> None:
    """Write the old value; ValidationError in a sentence when it cannot stand, StaleVersion as ever."""
    _refuse(what)
    save = SAVES[type(what.row)]
    evidence = _("put back from change %(number)d") % {"number": what.history.change_id}
    values = {what.field.attname: what.value}
    try:
        written = save(what.row, values, version=version, user=user, reason=reason, evidence=evidence)
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError(
            _("The old value is not valid any more: %(why)s") % {"why": " ".join(error.messages)}
        ) from error
    if not written:
        raise ValidationError(_("The field holds this value already; nothing was changed."))


def _refuse(what: Restoring) -> None:
    """The facts of a person in a closed year rest with the household's."""
    row = what.row
    if not isinstance(row, PersonYear):
        return
    homes = homes_in_year(row.person_id, row.year)
    if HouseholdYear.objects.filter(household__in=homes, year=row.year, closed=True).exists():
        raise ValidationError(_("The year %(year)d is closed; its facts are read-only.") % {"year": row.year})
