"""Accounts by workbook: what each row would open, and what is wrong with it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts import household_numbers
from accounts.models import Grant, Organisation, User
from accounts.models.users import normal_username
from areas.models import Level
from core.clock import today
from exchange.rosters.checking import choice_of, day_of, refuse_twice, too_long, tried
from exchange.rosters.columns import roles_by_label
from exchange.rosters.places import AreaIndex
from exchange.rosters.reading import REFUSED, UNCHANGED, RosterRow

_VALIDATORS = User._meta.get_field("username").validators


def check_users(rows: list[RosterRow], actor: User) -> None:
    """Fill the plan of each row, or say what is wrong. Who exists already is not touched."""
    refuse_twice(rows, "username", _key)
    areas, choices = AreaIndex(), roles_by_label()
    organisations = {row.code: row for row in Organisation.objects.valid_on(today())}
    numbers = {n for row in rows for n in household_numbers.listed(row.values.get("households", ""))}
    homes = household_numbers.by_numbers(numbers) if numbers else {}
    known = _known(rows)
    for row in rows:
        _check_text(row)
        role = choice_of(row, "role", choices)
        area = tried(row, "area", areas.find)
        organisation = tried(row, "organisation", lambda code: _organisation(organisations, code))
        keys = tried(row, "households", lambda text: _households(text, homes)) or []
        row.plan = {
            "username": _key(row),
            "name": row.values["name"],
            "role": role,
            "area": area,
            "organisation": organisation,
            "household_ids": keys,
            "from_day": day_of(row, "from_day") or today(),
            "to_day": day_of(row, "to_day"),
        }
        _check_place(row)
        existing = known.get(row.plan["username"])
        if existing is not None and row.state != REFUSED:
            row.state = UNCHANGED
            row.note = _differences(existing, row.plan)


def _key(row: RosterRow) -> str:
    return normal_username(row.values["username"])


def _known(rows: list[RosterRow]) -> dict[str, User]:
    grants = Prefetch("grants", Grant.objects.on(today()).prefetch_related("households"), to_attr="held")
    users = User.objects.filter(username__in={_key(row) for row in rows})
    return {user.username: user for user in users.prefetch_related("groups", grants)}


def _check_text(row: RosterRow) -> None:
    too_long(row, username=60, name=50)
    for validate in _VALIDATORS:
        try:
            if row.values["username"]:
                validate(_key(row))
        except ValidationError as error:
            row.refuse("username", " ".join(error.messages))
            break


def _check_place(row: RosterRow) -> None:
    """Without a place nobody sees anything; a first secretary has one village."""
    plan, named = row.plan, ("area", "organisation", "households")
    unread = {row.places[name][0] for name in named if name in row.places}
    stated = any(row.values.get(name) for name in named)
    if plan["role"] and not stated and not any(problem.letter in unread for problem in row.problems):
        row.refuse("area", _("Without an area, organisation or households the person sees nothing."))
    area = plan["area"]
    if plan["role"] == "first_secretary" and area is not None and area.level != Level.VILLAGE:
        row.refuse("area", _("A first secretary belongs to a village. Write township and village."))
    if plan["to_day"] is not None and plan["to_day"] < plan["from_day"]:
        row.refuse("to_day", _("The last day lies before the first."))


def _organisation(organisations: dict[str, Organisation], code: str) -> Organisation:
    if code not in organisations:
        raise ValidationError(_("There is no organisation with this code. Enter it first."))
    return organisations[code]


def _households(text: str, homes: dict[str, list[tuple[int, str]]]) -> list[int]:
    numbers = household_numbers.listed(text)
    household_numbers.refuse_unclear(numbers, homes)
    return [homes[number][0][0] for number in numbers]


def _differences(user: Any, plan: dict[str, Any]) -> str:
    """What the account says otherwise, in words; a workbook opens accounts and changes none."""
    held = user.held
    named = {
        _("the name"): user.name == plan["name"],
        _("role"): plan["role"] in user.roles,
        _("area"): plan["area"] is None or any(grant.area_id == plan["area"].pk for grant in held),
        _("organisation"): plan["organisation"] is None
        or any(grant.organisation_id == plan["organisation"].pk for grant in held),
        _("households"): set(plan["household_ids"])
        <= {home.household_id for grant in held for home in grant.households.all()},
    }
    differing = [word for word, same in named.items() if not same]
    if not differing and user.is_active:
        return ""
    if not user.is_active:
        return _("The account is closed. It is opened again on its page.")
    message = _("The account says otherwise: %(fields)s. It is changed on its page, not by a workbook.")
    return message % {"fields": "、".join(differing)}
