"""When facts were last entered, and by whom: from the saved changes and the written imports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch
from django.utils import timezone

from accounts.models import Grant, User
from accounts.queries import people_with
from areas.models import Area
from core.clock import today
from core.models import Change
from dashboards.queries.filled import Filled, Register
from exchange.models import Import

SAVED = ("household.saved", "village.saved")
ENTERED = (*SAVED, "import.applied")
LATELY, WITHIN = timedelta(days=90), timedelta(days=365)


def last_entries(user: Any, codes: dict[int, str]) -> dict[int, datetime]:
    """When facts of each of these villages (key → code) were last entered, within a year; two queries."""
    saved = Change.objects.filter(kind__in=SAVED, at__gte=timezone.now() - WITHIN).order_by()
    at = dict(saved.values_list("area").annotate(Max("at")))
    found = {village: at[code] for village, code in codes.items() if code in at}
    written = Import.objects.visible_to(user).filter(state=Import.State.APPLIED).order_by()
    for prefix, ended in written.values_list("area_prefix").annotate(Max("ended_at")):
        for village, code in codes.items():
            if ended and code.startswith(prefix):
                found[village] = max(found.get(village, ended), ended)
    return found


@dataclass(frozen=True)
class Enterer:
    """Somebody who enters facts: where, how far their area is, what they did of late."""

    user: User
    areas: list[Area]
    filled: Filled
    entries: int
    last: datetime | None
    refused: int

    @property
    def role(self) -> str:
        return str(self.user.role.label) if self.user.role else ""


def enterers(register: Register, prefix: str, refused_by_import: dict[int, int]) -> list[Enterer]:
    """People whose granted areas lie inside `prefix` and who may enter facts, the emptiest area first."""
    grants = Grant.objects.on(today()).filter(kind=Grant.Kind.AREA, area__valid_to=None)
    people = people_with("change_households").prefetch_related(
        "groups", Prefetch("grants", grants.select_related("area"), to_attr="grants_today")
    )
    inside = {user: _areas_inside(user, prefix) for user in people}
    inside = {user: areas for user, areas in inside.items() if areas}
    done = _done_lately([user.pk for user in inside])
    refused = _refused_by_user(refused_by_import)
    rows = []
    for user, areas in inside.items():
        filled = register.within(area.prefix for area in areas)
        count, last = done.get(user.pk, (0, None))
        rows.append(Enterer(user, areas, filled, count, last, refused.get(user.pk, 0)))
    return sorted(rows, key=lambda row: (row.filled.share is None, row.filled.share or 0, row.user.username))


def _areas_inside(user: Any, prefix: str) -> list[Area]:
    return [grant.area for grant in user.grants_today if grant.area.prefix.startswith(prefix)]


def _done_lately(users: Iterable[int]) -> dict[int, tuple[int, datetime]]:
    rows = Change.objects.filter(
        kind__in=ENTERED, user_id__in=list(users), at__gte=timezone.now() - LATELY
    ).order_by()
    return {
        user: (count, last)
        for user, count, last in rows.values_list("user_id").annotate(Count("pk"), Max("at"))
    }


def _refused_by_user(by_import: dict[int, int]) -> dict[int, int]:
    owners = dict(Import.objects.filter(pk__in=by_import).values_list("pk", "user_id"))
    found: dict[int, int] = {}
    for source, count in by_import.items():
        owner = owners.get(source)
        if owner is not None:
            found[owner] = found.get(owner, 0) + count
    return found
