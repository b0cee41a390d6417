"""Who may see which row: the area prefix test, closed unless a grant opens it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

COUNTY_DIGITS = 6


def next_prefix(prefix: str) -> str:
    """The smallest text after every code that begins with `prefix` (codes sort by the C locale)."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def inside(path: str, prefix: str) -> Q:
    """The condition "the code at `path` begins with `prefix`", as a range an index can serve."""
    return Q(**{f"{path}__gte": prefix, f"{path}__lt": next_prefix(prefix)})


def of_county(column: str, prefix: str) -> Q:
    """The same for a whole county or more, where `column` holds the county as a number."""
    if len(prefix) == COUNTY_DIGITS:
        return Q(**{column: int(prefix)})
    step = 10 ** (COUNTY_DIGITS - len(prefix))
    return Q(**{f"{column}__gte": int(prefix) * step, f"{column}__lt": (int(prefix) + 1) * step})


class AreaScopedQuerySet(models.QuerySet):
    """Rows that hang on an area.

    The model says where: `AREA_CODE = "village__area__code"`, and, when single households can be
    granted, `HOUSEHOLD_KEY = "pk"`. `COUNTY = "county"` names the column that spares the joins when
    whole counties are asked for.
    """

    def visible_to(self, user: Any) -> Self:
        """Keep the rows granted to `user`; no grant, no rows."""
        granted = Q(pk__in=[])
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.filter(granted)
        for prefix in user.area_prefixes():
            granted |= self._inside(prefix)
        household_key = getattr(self.model, "HOUSEHOLD_KEY", None)
        household_ids = user.household_ids() if household_key else ()
        if household_ids:
            granted |= Q(**{f"{household_key}__in": household_ids})
        return self.filter(granted)

    def within(self, prefix: str) -> Self:
        """Keep the rows of the area with this code prefix."""
        return self.filter(self._inside(prefix))

    def _inside(self, prefix: str) -> Q:
        model: Any = self.model
        column = getattr(model, "COUNTY", None)
        if column and 0 < len(prefix) <= COUNTY_DIGITS:
            return of_county(column, prefix)
        return inside(model.AREA_CODE, prefix)
