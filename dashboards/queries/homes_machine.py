"""Homes of those who look after the system: the machine, its accounts, its audit."""

import shutil
import tomllib
from collections import Counter
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
from core.models import Change, Heartbeat, Job, SealCheck
from core.scope import inside
from core.timetable import title_of
from dashboards.queries.waiting import waiting_for

DAY = timedelta(days=1)
# As many as the audit's page shows at first.
DAYS = 7
SHOWN = 8
# Reveals of one person within a day from which somebody should ask.
MANY_REVEALS = 20
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
        "backup": last_backup(beats),
        "versions": versions(),
    }  # fmt: skip


def disk() -> Disk:
    folder = Path(settings.DATA_DIR)
    used = shutil.disk_usage(folder if folder.exists() else Path("/"))
    return Disk(used.total, used.free)


def last_backup(beats: dict[str, Heartbeat]) -> Heartbeat | None:
    """The heartbeat of the last backup; None while none was made."""
    found = [beat for name, beat in beats.items() if "backup" in name and beat.last_finished]
    return max(found, key=lambda beat: beat.last_finished, default=None)  # type: ignore[arg-type,return-value]


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
def security_home(user: Any) -> dict[str, Any]:
    since = timezone.now() - DAY
    reveals = AccessEvent.objects.filter(kind=AccessEvent.Kind.REVEALED, at__gte=since)
    by_person = reveals.order_by().values_list("user__name").annotate(count=Count("pk")).order_by("-count")
    return {
        "matters": waiting_for(user),
        "reveals": list(by_person[:SHOWN]),
        "many": MANY_REVEALS,
        "without_factor": list(_without_factor()[:SHOWN]),
        "accounts": _accounts(),
    }


def _without_factor() -> Any:
    """Open accounts that must have a second factor and have none."""
    has = SecondFactor.objects.filter(user=OuterRef("pk"), ended_at=None, confirmed_at__isnull=False)
    found = User.objects.filter(
        ~Exists(has), is_active=True, groups__name__in=settings.SECOND_FACTOR_ROLES
    ).distinct()
    return found.prefetch_related("groups").order_by("username")


def _accounts() -> dict[str, int]:
    rows = User.objects.values_list("is_active", "must_change_password", "last_seen_at")
    found = Counter()  # type: Counter[str]
    for active, fresh, seen in rows:
        found["open" if active else "closed"] += 1
        found["new"] += bool(active and fresh and seen is None)
    return {"open": found["open"], "closed": found["closed"], "new": found["new"]}


# --- Audit --------------------------------------------------------------------------------------
def audit_home(user: Any) -> dict[str, Any]:
    """Refusals and reveals of a week, the state of the seals, and for auditors what changed.

    The days are those of the audit's page, so that each number opens its rows.
    """
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time.min, timezone.get_default_timezone())
    kinds = AccessEvent.Kind
    mine = AccessEvent.objects.filter(_audited_by(user))
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


def _audited_by(user: Any) -> Q:
    """Everything for the audit administrator, for an auditor what lies in their areas."""
    if "audit_admin" in user.roles:
        return Q()
    granted = Q(pk__in=[])
    for prefix in user.area_prefixes():
        granted |= inside("area", prefix)
    return granted


def _changes(user: Any) -> list[tuple[Change, str]] | None:
    """What changed last with its name; None for whoever may not see facts."""
    if not user.may("view_history"):
        return None
    rows = Change.objects.filter(_audited_by(user), within=None).order_by("-at")[:SHOWN]
    return [(row, action_words(row.kind, is_change=True)) for row in rows]
