"""Operations of the audit, newest first: changes that were written and accesses, as one list.

An auditor sees those of their areas with old and new values. The audit administrator sees every
operation, but nothing about families.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit_words import BESIDE_A_CHANGE, REFUSED, TABLES, action_words
from accounts.models import AccessEvent, User
from accounts.queries import sees_all, visible_operations
from accounts.roles import ROLES
from areas.models import Area
from core.models import Change, RowHistory, Seal, Secret
from core.sealing import sealed_models
from desk.queries.history import rows_of_household, stored
from households.models import Household

ROWS_SHOWN = 200
DAYS_SHOWN = 7
# Apps whose rows tell nothing about a family.
_OPEN_TO_ADMINISTRATORS = {"accounts", "areas", "core"}
_ABOUT_FAMILIES = {"household", "village", "import", "revealed", "exported"}
_COLUMNS = (
    "source", "id", "at", "person", "user_name", "role", "kind", "area", "subject", "address", "reason",
    "size",
)  # fmt: skip


@dataclass(frozen=True)
class Conditions:
    """What the list is narrowed to; days are those of the server's time zone, both included."""

    from_day: date
    to_day: date
    person: int | None = None
    subject: str = ""
    action: str = ""


@dataclass(frozen=True)
class Operation:
    """One row of the audit in words."""

    key: int
    is_change: bool
    at: datetime
    who: str
    role: str
    action: str
    refused: bool
    area: str
    subject: str
    address: str
    reason: str
    size: int | None


# --- Who may see what ----------------------------------------------------------------------------
def visible_changes(user: User) -> QuerySet[Change]:
    return Change.objects.filter(visible_operations(user), within=None)


def visible_events(user: User) -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(visible_operations(user)).exclude(kind__in=BESIDE_A_CHANGE)


def visible_people(user: User) -> QuerySet[User]:
    """Whom the audit may name to `user`: who has done something that they may see."""
    if sees_all(user):
        return User.objects.all()
    done = (rows.filter(user_id=OuterRef("pk")) for rows in (visible_changes(user), visible_events(user)))
    return User.objects.filter(Q(*(Exists(rows) for rows in done), _connector=Q.OR))


# --- The list ------------------------------------------------------------------------------------
def operations(user: User, wanted: Conditions) -> QuerySet[Any]:
    """Rows of both tables under the same columns, newest first."""
    changes = visible_changes(user).filter(_days(wanted), _about(user, wanted.subject))
    events = visible_events(user).filter(_days(wanted), Q(subject=wanted.subject) if wanted.subject else Q())
    if wanted.person is not None:
        changes, events = changes.filter(user_id=wanted.person), events.filter(user_id=wanted.person)
    side, _colon, kind = wanted.action.partition(":")
    if kind:
        changes = changes.filter(kind=kind) if side == "c" else changes.none()
        events = events.filter(kind=kind) if side == "e" else events.none()
    one = changes.order_by().annotate(
        source=Value(True, BooleanField()),
        person=F("user_id"),
        size=Value(None, IntegerField()),
    )
    other = events.order_by().annotate(
        source=Value(False, BooleanField()),
        person=F("user_id"),
        user_name=Value("", CharField()),
        size=F("rows"),
    )
    return one.values_list(*_COLUMNS).union(other.values_list(*_COLUMNS), all=True).order_by("-at", "-id")


def _days(wanted: Conditions) -> Q:
    zone = timezone.get_default_timezone()
    begin = datetime.combine(wanted.from_day, time.min, zone)
    end = datetime.combine(wanted.to_day + timedelta(days=1), time.min, zone)
    return Q(at__gte=begin, at__lt=end)


def _about(user: User, subject: str) -> Q:
    """Changes that name the subject, and those that wrote a row of this household."""
    if not subject:
        return Q()
    named = Q(subject=subject)
    household = None if sees_all(user) else Household.objects.visible_to(user).filter(number=subject).first()
    if household is None:
        return named
    rows = Q(pk__in=[])
    for group in rows_of_household(household, user):
        rows |= Q(table=group.table, row_id__in=list(group.about))
    return named | Q(pk__in=RowHistory.objects.filter(rows).values("change_id"))


def in_words(rows: Sequence[Sequence[Any]], user: User) -> list[Operation]:
    """The rows of `operations` as a person reads them; two queries, however many."""
    people = {u.pk: u.name for u in User.objects.filter(pk__in={row[3] for row in rows if row[3]})}
    codes = {row[7] for row in rows if row[7]}
    areas = Area.objects.valid().filter(code__in={code.ljust(12, "0") for code in codes if len(code) <= 12})
    names = {code: area.name for area in areas for code in (area.code, area.prefix)}
    whole = sees_all(user)
    return [_operation(dict(zip(_COLUMNS, row, strict=True)), people, names, whole) for row in rows]


def _operation(row: dict[str, Any], people: dict[int, str], names: dict[str, str], whole: bool) -> Operation:
    role = ROLES.get(row["role"])
    return Operation(
        key=row["id"],
        is_change=row["source"],
        at=row["at"],
        who=people.get(row["person"], row["user_name"]),
        role=str(role.label) if role else "",
        action=action_words(row["kind"], is_change=row["source"]),
        refused=not row["source"] and row["kind"] in REFUSED,
        area=names.get(row["area"], row["area"]),
        subject=row["subject"],
        address=row["address"] or "",
        reason=reason_shown(row["kind"], row["reason"], whole),
        size=row["size"],
    )


def reason_shown(kind: str, reason: str, whole: bool) -> str:
    """A typed reason may name somebody: the audit administrator reads only those about accounts."""
    hidden = whole and reason and kind.partition(".")[0] in _ABOUT_FAMILIES
    return _("(not shown)") if hidden else reason


# --- One change ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Written:
    """One row that a change wrote: where, and its columns old → new."""

    table: str
    row_id: int
    operation: str
    fields: list[tuple[str, str, str]]
    masked: bool


def rows_written(change: Change, user: User) -> tuple[list[Written], int]:
    """The first rows of a change with its inner ones, and how many there are in all."""
    numbers = [change.pk, *Change.objects.filter(within=change.pk).values_list("pk", flat=True)]
    rows = RowHistory.objects.filter(change__in=numbers)
    named = cache(_named)  # many rows point to the same few
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    shown = rows.order_by("pk")[:ROWS_SHOWN]
    return [_written(row, tables.get(row.table), named, sees_all(user)) for row in shown], rows.count()


def _written(row: RowHistory, model: Any, named: Callable[..., str], whole: bool) -> Written:
    name = str(TABLES.get(row.table, row.table))
    masked = whole and (model is None or model._meta.app_label not in _OPEN_TO_ADMINISTRATORS)
    changed = row.changed or {
        key: (None, value) for key, value in (row.image or {}).items() if value is not None
    }
    fields = [_field(model, column, pair, named, masked=masked) for column, pair in changed.items()]
    return Written(name, row.row_id, _OPERATIONS[row.operation](), [one for one in fields if one], masked)


_OPERATIONS = {
    "I": lambda: _("new"),
    "U": lambda: _("changed"),
    "D": lambda: _("removed"),
    "T": lambda: _("emptied"),
}
_SILENT = {"id", "version", "county", "name_keys"}


def _field(model: Any, column: str, pair: Any, named: Callable[..., str], *, masked: bool) -> Any:
    if column in _SILENT:
        return None
    before, after = pair
    field = next((f for f in model._meta.concrete_fields if f.column == column), None) if model else None
    label = str(field.verbose_name) if field else column
    if masked or (field is not None and field.is_relation and field.related_model is Secret):
        return (label, "", _("changed, not shown"))
    if field is not None and field.is_relation:
        return (label, named(field, before), named(field, after))
    if field is None or isinstance(field, models.JSONField):
        return (label, _plain(before), _plain(after))
    return (label, _stored(field, before), _stored(field, after))


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _named(field: Any, key: Any) -> str:
    """What a key points to, as the page names it."""
    found = field.related_model._default_manager.filter(pk=key).first() if key is not None else None
    return str(found) if found else _plain(key)


def _stored(field: models.Field, value: Any) -> str:
    return "" if value is None else stored(field, value)


# --- Seals and export ----------------------------------------------------------------------------
def unsealed(most: int = 10_000) -> int:
    """How many rows wait for the next seal."""
    last = Seal.objects.order_by("-number").first()
    horizon = last.horizon if last else 0
    return sum(
        model._default_manager.filter(transaction_number__gte=horizon)[:most].count()
        for model in sealed_models().values()
    )


def export_lines(rows: QuerySet[Any], user: User, batch: int = 500) -> Iterator[list[Any]]:
    """The lines of the exported list, a batch at a time."""
    waiting: list[Any] = []
    for row in rows.iterator(chunk_size=batch):
        waiting.append(row)
        if len(waiting) == batch:
            yield from map(_line, in_words(waiting, user))
            waiting = []
    yield from map(_line, in_words(waiting, user))


def _line(one: Operation) -> list[Any]:
    moment = timezone.localtime(one.at).isoformat(sep=" ", timespec="seconds")
    result = _("refused") if one.refused else _("done")
    return [
        moment, one.who, one.role, one.area, one.address, one.action, one.subject, result, one.reason,
        "" if one.size is None else str(one.size),
    ]  # fmt: skip


def export_heads() -> list[str]:
    return [
        _("Time"), _("Who"), _("Role"), _("Area"), _("Network address"), _("What"), _("Object"), _("Result"),
        _("Reason"), _("Rows"),
    ]  # fmt: skip
