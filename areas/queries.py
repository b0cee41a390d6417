"""Reads of divisions."""

from typing import Any

from django.db.models import QuerySet

from areas.models import Area


def ancestors(area: Area, user: Any) -> list[Area]:
    """The areas above that `user` may open, the widest first."""
    codes = [area.code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12) if digits < len(area.prefix)]
    found: QuerySet[Area] = Area.objects.valid().visible_to(user).filter(code__in=codes)
    return list(found.order_by("code"))
