"""Organisations and officials by workbook: checked, compared, written through the services of accounts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import units
from accounts.models import Official, Organisation, User
from accounts.models.users import normal_username
from accounts.unit_forms import accounts_to_name
from areas.models import Area
from exchange.rosters.checking import choice_of, day_of, refuse_twice, too_long, tried
from exchange.rosters.columns import kinds_by_label
from exchange.rosters.places import AreaIndex
from exchange.rosters.reading import CHANGED, NEW, REFUSED, UNCHANGED, RosterRow


def check_organisations(rows: list[RosterRow], actor: User) -> None:
    """The code is the key: unknown ones are new, known ones are corrected where they differ."""
    refuse_twice(rows, "code", lambda row: row.values["code"])
    areas, kinds = AreaIndex(), kinds_by_label()
    allowed = None if actor.may("manage_accounts") else set(_own_areas(actor))
    codes = [row.values["code"] for row in rows]
    known = {row.code: row for row in Organisation.objects.filter(code__in=codes).select_related("area")}
    mine = set(Organisation.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True))
    for row in rows:
        too_long(row, code=30, name=100)
        area = tried(row, "area", lambda text: _allowed(areas.find(text), allowed))
        kind, begins = choice_of(row, "kind", kinds), day_of(row, "valid_from")
        values = {"code": row.values["code"], "name": row.values["name"], "kind": kind, "area": area}
        row.plan = values | ({"valid_from": begins} if begins else {})
        existing = known.get(row.values["code"])
        if existing is not None and existing.code not in mine:
            row.refuse("code", _("Another organisation has this code."))
        _compare(row, existing)


def check_officials(rows: list[RosterRow], actor: User) -> None:
    """Organisation and name are the key; an empty phone or user name leaves what is recorded."""
    refuse_twice(rows, "name", lambda row: (row.values["organisation"], row.values["name"]))
    codes = {row.values["organisation"] for row in rows}
    visible = Organisation.objects.visible_to(actor).filter(code__in=codes, valid_to=None)
    mine = {row.code: row for row in visible.select_related("area")}
    officials = Official.objects.filter(organisation__in=mine.values(), valid_to=None)
    known = {(row.organisation_id, row.name): row for row in officials.select_related("phone", "user")}
    names = {normal_username(row.values.get("account", "")) for row in rows}
    accounts = {one.username: one for one in accounts_to_name(actor).filter(username__in=names)}
    taken = dict(Official.objects.filter(user__in=accounts.values()).values_list("user", "pk"))
    for row in rows:
        too_long(row, name=50, post=60)
        unit = tried(row, "organisation", lambda code: _unit(mine, code))
        phone = tried(row, "phone", units.clean_phone)
        account = tried(row, "account", lambda text: _account(accounts, text))
        begins = day_of(row, "valid_from")
        row.plan = {"organisation": unit, "name": row.values["name"], "post": row.values.get("post", "")}
        row.plan |= {"valid_from": begins} if begins else {}
        row.plan |= {"user": account} if account else {}
        existing = known.get((unit.pk, row.values["name"])) if unit else None
        holder = taken.get(account.pk) if account else None
        if holder is not None and (existing is None or holder != existing.pk):
            row.refuse("account", _("This account belongs to another official."))
        _compare(row, existing)
        if phone:
            row.plan["phone"] = phone
            if row.state == UNCHANGED and existing and not units.same_phone(existing, phone):
                row.state = CHANGED


def _compare(row: RosterRow, existing: Any) -> None:
    if row.state == REFUSED:
        return
    row.plan["row"] = existing
    if existing is None:
        row.state = NEW
        return
    same = all(getattr(existing, name) == value for name, value in row.plan.items() if name != "row")
    row.state = UNCHANGED if same else CHANGED


def write_organisations(rows: list[RosterRow], actor: User) -> None:
    for row in rows:
        existing, values = row.plan.pop("row"), row.plan
        if row.state == NEW:
            units.open_organisation(actor=actor, **values)
        elif row.state == CHANGED:
            units.change_organisation(existing, values, version=existing.version, actor=actor)


def write_officials(rows: list[RosterRow], actor: User) -> None:
    for row in rows:
        existing, values = row.plan.pop("row"), row.plan
        if row.state == NEW:
            units.open_official(actor=actor, **values)
        elif row.state == CHANGED:
            phone = values.pop("phone", None)
            units.change_official(existing, values, phone=phone, version=existing.version, actor=actor)


def _own_areas(actor: User) -> Any:
    return Area.objects.visible_to(actor).values_list("pk", flat=True)


def _allowed(area: Area, allowed: set[int] | None) -> Area:
    if allowed is not None and area.pk not in allowed:
        raise ValidationError(
            _("There is no such area. Write its name as in the list of areas, or its code.")
        )
    return area


def _account(accounts: dict[str, User], text: str) -> User:
    account = accounts.get(normal_username(text))
    if account is None:
        raise ValidationError(_("There is no account with this user name in your area."))
    return account


def _unit(mine: dict[str, Organisation], code: str) -> Organisation:
    if code not in mine:
        raise ValidationError(_("There is no organisation with this code. Enter it first."))
    return mine[code]
