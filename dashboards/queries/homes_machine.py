"""Homes of those who look after the system: the machine, its accounts, its audit."""

import shutil
import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import django
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit_words import action_words
from accounts.models import AccessEvent, SecondFactor, User
from accounts.queries import visible_operations
from accounts.reveals import unusual_among
from core.backup import HEARTBEAT
from core.models import Change, Heartbeat, Job, SealCheck
from core.timetable import title_of
from dashboards.queries.waiting import waiting_for

DAY = timedelta(days=1)
# As many as the audit's page shows at first.
DAYS = 7
SHOWN = 8
LITTLE_SPACE = 10  # per cent of the disk


@dataclass(frozen=True)
class Beat:
    """A task of the timetable and its last run."""

    title: str
    row: Heartbeat | None

    @property
    def finished(self) -> datetime | None:
        return self.row.last_finished if self.row else None

    @property
    def state(self) -> str:
        if self.row is None or self.row.last_started is None:
            return "waiting"
        return "failed" if self.row.failures else "done"


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk on which the data lie."""

    total: int
    free: int

    @property
    def percent_free(self) -> float:
        return 100 * self.free / self.total

    @property
    def is_low(self) -> bool:
        return self.percent_free < LITTLE_SPACE


def system_home(user: Any) -> dict[str, Any]:
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    shown = [Beat(title_of(name), beats.get(name)) for name in current_app.conf.beat_schedule]
    states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return {
        "matters": waiting_for(user),
        "beats": sorted(shown, key=lambda beat: ("failed", "waiting", "done").index(beat.state)),
        "jobs": {"open": states.get("waiting", 0) + states.get("running", 0),
                 "failed": states.get("failed", 0), "done": states.get("done", 0)},
        "disk": disk(),
        "backup": beats.get(HEARTBEAT),
        "versions": versions(),
    }  # fmt: skip


def disk() -> Disk:
    folder = Path(settings.DATA_DIR)
    used = shutil.disk_usage(folder if folder.exists() else Path("/"))
    return Disk(used.total, used.free)


def versions() -> list[tuple[str, str]]:
    """Names and versions of what runs."""
    number = connection.pg_version  # type: ignore[attr-defined]  # 150004
    return [
        (_("This platform"), project_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", f"{number // 10000}.{number % 10000}"),
    ]


@cache
def project_version() -> str:
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


# --- Accounts -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Looks:
    """How often one person had a secret shown, and whether that is far more than usual."""

    name: str
    times: int
    unusual: bool


def security_home(user: Any) -> dict[str, Any]:
    return {
        "matters": waiting_for(user),
        "reveals": _reveals(),
        "without_factor": list(_without_factor()[:SHOWN]),
        "accounts": _accounts(),
    }


def _reveals() -> list[Looks]:
    """Who had the most secrets shown within a day."""
    lately = AccessEvent.objects.filter(kind=AccessEvent.Kind.REVEALED, at__gte=timezone.now() - DAY)
    by_person = lately.order_by().values_list("user", "user__name").annotate(times=Count("pk"))
    found = list(by_person.order_by("-times", "user")[:SHOWN])
    unusual = unusual_among(user for user, _name, _times in found)
    return [Looks(name, times, user in unusual) for user, name, times in found]


def _without_factor() -> Any:
    """Open accounts that must have a second factor and have none."""
    has = SecondFactor.objects.filter(user=OuterRef("pk"), ended_at=None, confirmed_at__isnull=False)
    found = User.objects.filter(
        ~Exists(has), is_active=True, groups__name__in=settings.SECOND_FACTOR_ROLES
    ).distinct()
    return found.prefetch_related("groups").order_by("username")


def _accounts() -> dict[str, int]:
    active = Q(is_active=True)
    return User.objects.aggregate(
        open=Count("pk", filter=active),
        closed=Count("pk", filter=~active),
        new=Count("pk", filter=active & Q(must_change_password=True, last_seen_at=None)),
    )


# --- Audit --------------------------------------------------------------------------------------
def audit_home(user: Any) -> dict[str, Any]:
    """Refusals and reveals of a week, the state of the seals, and for auditors what changed.

    The days are those of the audit's page, so that each number opens its rows.
    """
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time.min, timezone.get_default_timezone())
    kinds = AccessEvent.Kind
    mine = AccessEvent.objects.filter(visible_operations(user))
    counted = dict(mine.filter(at__gte=since).order_by().values_list("kind").annotate(Count("pk")))
    watched = (kinds.REFUSED, kinds.NOT_FOUND, kinds.SIGN_IN_REFUSED, kinds.SIGN_IN_LOCKED,
               kinds.REVEALED, kinds.EXPORTED)  # fmt: skip
    refusals = mine.filter(kind__in=(kinds.REFUSED, kinds.NOT_FOUND, kinds.SIGN_IN_LOCKED))
    return {
        "matters": waiting_for(user),
        "counts": [(kind.value, kind.label, counted.get(kind.value, 0)) for kind in watched],
        "refusals": list(refusals.select_related("user").order_by("-at", "-pk")[:SHOWN]),
        "check": SealCheck.objects.order_by("-at").first(),
        "changes": _changes(user),
    }


def _changes(user: Any) -> list[tuple[Change, str]] | None:
    """What changed last with its name; None for whoever may not see facts."""
    if not user.may("view_history"):
        return None
    rows = Change.objects.filter(visible_operations(user), within=None).order_by("-at")[:SHOWN]
    return [(row, action_words(row.kind, is_change=True)) for row in rows]
