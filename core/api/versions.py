"""Versions on the wire: ETag going out, If-Match coming in, who changed what in between."""

import re
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.api.errors import ApiError
from core.fields import FEN, FenField
from core.models import RowHistory

MOST_CHANGES = 20
_MARK = re.compile(r'^"([0-9]{1,9})"$')


def etag(version: int) -> str:
    return f'"{version}"'


def version_asked(request: Request) -> int:
    """The version that the writer saw; 428 when they do not say, 422 when it is none."""
    said = request.headers.get("If-Match")
    if said is None:
        raise ApiError(
            428,
            "version_required",
            _("Say which version you saw: send the ETag of the record as If-Match."),
        )
    found = _MARK.match(said.strip())
    if found is None:
        words = _('If-Match is the ETag of the record, like "5".')
        raise ApiError(422, "invalid", words, fields={"If-Match": [words]})
    return int(found[1])


def changes_since(row: models.Model, version: int, named: type) -> list[dict[str, Any]]:
    """Who changed which of the serializer's fields after `version`, the latest first."""
    own = set(named().fields)
    found = (
        RowHistory.objects.filter(table=row._meta.db_table, row_id=row.pk, image__version__gt=version)
        .select_related("change")
        .order_by("-pk")[:MOST_CHANGES]
    )
    return [
        {
            "at": entry.change.at.isoformat(),
            "user": entry.change.user_name,
            "kind": entry.change.kind,
            "fields": {
                name: [_wired(row, name, value) for value in pair]
                for name, pair in (entry.changed or {}).items()
                if name in own
            },
        }
        for entry in found
    ]


def _wired(row: models.Model, name: str, value: Any) -> Any:
    """A value of the history as the API writes it."""
    field = row._meta.get_field(name)
    if value is None:
        return None
    if isinstance(field, FenField):
        return f"{Decimal(value) / FEN:.2f}"
    if isinstance(field, models.DecimalField):
        return f"{Decimal(str(value)):.{field.decimal_places}f}"
    return value
