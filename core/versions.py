"""Write an existing row only as the writer saw it: every update carries the version it read."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


class StaleVersion(ValidationError):
    """Somebody saved the row after the writer read it; `current` is the row as it stands now."""

    def __init__(self, current: models.Model):
        super().__init__(_("Somebody else saved this record in the meantime; compare and save again."))
        self.current = current


def save_versioned(row: models.Model, values: dict[str, Any], *, version: int) -> bool:
    """Write `values` to the row if it still has `version`; return whether anything differed.

    Raises ValidationError with the fields at fault, StaleVersion when the row has moved on. Only
    the named columns are written, so a colleague's edit of another field is never undone.
    """
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differing:
        return False
    for name, value in differing.items():
        setattr(row, name, value)
    others = {field.name for field in row._meta.fields} - set(differing)
    row.full_clean(exclude=others, validate_unique=False, validate_constraints=True)
    model = type(row)
    found = model._default_manager.filter(pk=row.pk, version=version)
    if not found.update(**differing, version=version + 1):
        raise StaleVersion(model._default_manager.get(pk=row.pk))
    row.version = version + 1  # type: ignore[attr-defined]  # every table of facts has it
    return True
