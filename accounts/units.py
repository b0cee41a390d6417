"""What changes responsible units and persons: organisations and officials, new, corrected, ended."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Official, Organisation, User
from core import secrets
from core.changes import change
from core.models import Secret
from core.versions import StaleVersion, save_versioned

PHONE_TABLE = "accounts_official"
_NOT_DIGITS = re.compile(r"[\s\-()（）/.]")
_PHONE = re.compile(r"\+?(?:86)?([0-9]{7,12})")


def clean_phone(text: str) -> str:
    """A telephone number as its digits; empty for nothing."""
    number = _NOT_DIGITS.sub("", text)
    if not number:
        return ""
    match = _PHONE.fullmatch(number)
    if match is None:
        raise ValidationError(_("A telephone number has 7 to 12 digits, with hyphens at most."))
    return match.group(1)


def open_organisation(*, actor: User | None, **values: Any) -> Organisation:
    """Write down a new organisation."""
    organisation = Organisation(**values)
    with change("organisation.opened", user=actor, area=organisation.area.prefix):
        organisation.full_clean()
        organisation.save(force_insert=True)
    return organisation


def change_organisation(
    organisation: Organisation, values: dict[str, Any], *, version: int, actor: User | None
) -> bool:
    """Correct an organisation as the writer saw it; False when nothing differed."""
    with change("organisation.changed", user=actor, area=organisation.area.prefix):
        _refuse_taken_code(organisation, values)
        return save_versioned(organisation, values, version=version)


def end_organisation(
    organisation: Organisation, *, day: date, reason: str, version: int, actor: User | None
) -> None:
    """The organisation exists until `day`; its officials end with it."""
    _refuse_without_reason(reason)
    with change("organisation.ended", user=actor, reason=reason, area=organisation.area.prefix):
        save_versioned(organisation, {"valid_to": day}, version=version)
        for official in organisation.officials.filter(valid_to=None):
            save_versioned(official, {"valid_to": day}, version=official.version)


def open_official(*, actor: User | None, phone: str = "", **values: Any) -> Official:
    """Write down a responsible person; the telephone number is sealed."""
    official = Official(**values)
    with change("official.opened", user=actor, area=official.organisation.area.prefix):
        _refuse_taken_names(official, values)
        official.full_clean()
        official.save(force_insert=True)
        if phone:
            official.phone = _sealed(official, phone)
            official.save(update_fields=["phone"])
    return official


def change_official(
    official: Official,
    values: dict[str, Any],
    *,
    version: int,
    actor: User | None,
    phone: str | None = None,
) -> bool:
    """Correct an official as the writer saw them; `phone` None leaves the number, empty removes it."""
    with change("official.changed", user=actor, area=official.organisation.area.prefix):
        if Official.objects.select_for_update().get(pk=official.pk).version != version:
            raise StaleVersion(Official.objects.get(pk=official.pk))
        _refuse_taken_names(official, values)
        if phone is not None and not same_phone(official, phone):
            values = values | {"phone": _sealed(official, phone) if phone else None}
        return save_versioned(official, values, version=version)


def end_official(official: Official, *, day: date, reason: str, version: int, actor: User | None) -> None:
    """The person holds the post until `day`."""
    _refuse_without_reason(reason)
    with change("official.ended", user=actor, reason=reason, area=official.organisation.area.prefix):
        save_versioned(official, {"valid_to": day}, version=version)


def same_phone(official: Official, phone: str) -> bool:
    """Whether `phone` is the number that is sealed already; asked of the hash, nothing is opened."""
    held: Secret | None = official.phone
    if held is None or not phone:
        return held is None and not phone
    return bytes(held.keyed_hash) in secrets.keyed_hashes("phone", phone)


def _refuse_taken_code(organisation: Organisation, values: dict[str, Any]) -> None:
    others = Organisation.objects.exclude(pk=organisation.pk)
    if others.filter(code=values.get("code", organisation.code)).exists():
        raise ValidationError({"code": _("Another organisation has this code.")})


def _refuse_taken_names(official: Official, values: dict[str, Any]) -> None:
    """What the constraints hold, in words: only the columns that differ are validated on saving."""
    others = Official.objects.exclude(pk=official.pk)
    name = values.get("name", official.name)
    if others.filter(organisation=official.organisation, name=name, valid_to=None).exists():
        message = _("The organisation has an official of this name. Add what tells the two apart.")
        raise ValidationError({"name": message})
    user = values.get("user")
    if user is not None and others.filter(user=user).exists():
        raise ValidationError({"account": _("This account belongs to another official.")})


def _sealed(official: Official, phone: str) -> Secret:
    return secrets.seal(table=PHONE_TABLE, field="phone", subject_id=official.pk, plain=phone)


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(_("Say why it ends."))
