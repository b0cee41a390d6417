"""Differences in the words of the sheet: which column, before, after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from areas.models import Area
from core import secrets
from core.fields import FenField
from core.masks import is_year_only, mask
from core.models import Secret
from core.numbers import yuan
from exchange.formats import FORMATS
from exchange.models import StagedRow
from exchange.staging import SECRET_FIELDS, TABLE, staged_subject
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from villages.models import Village, VillageYear

MODELS: dict[str, type[models.Model]] = {
    "household": Household,
    "status": HouseholdStatus,
    "household_year": HouseholdYear,
    "person": Person,
    "membership": Membership,
    "person_year": PersonYear,
    "village_year": VillageYear,
}
HIDDEN = {("person", "name_keys")}
OTHER_LABELS = {
    ("household", "village_id"): "行政村",
    ("group", "name"): "自然村",
    ("membership", "household"): "户编号",
    ("person", "birth_date"): "出生日期",
    ("person", "sex"): "性别",
}
JUMP = 10


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: str
    after: str
    jumps: bool = False  # a number ten times as large or as small


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An accepted row with its differences."""

    row: StagedRow
    village: str
    differences: list[Difference]
    effect: tuple[str, str] | None = None  # the verdict of the household before and after

    @property
    def taken(self) -> bool:
        return self.row.state != StagedRow.State.LEFT_OUT

    @property
    def jumps(self) -> bool:
        return any(difference.jumps for difference in self.differences)


def shown_rows(
    rows: Iterable[StagedRow], effects: Mapping[int, tuple[str, str]] | None = None
) -> list[ShownRow]:
    """Rows of one page, with the names and masked secrets that they need."""
    known = effects or {}
    listed = list(rows)
    villages = _village_names(listed)
    old = _old_secrets(listed)
    return [
        ShownRow(
            row, villages.get(row.village_id or 0, ""), _differences(row, villages, old), known.get(row.pk)
        )
        for row in listed
    ]


def _differences(
    row: StagedRow, villages: dict[int, str], old: dict[tuple[str, int], str]
) -> list[Difference]:
    shown = []
    for part, fields in diff_of(row).items():
        if part == "secrets":
            shown += [_secret_difference(row, name, old) for name in fields]
            continue
        for name, (before, after) in fields.items():
            if (part, name) not in HIDDEN:
                label = label_of(row.format, part, name)
                old_word, new_word = (_value(part, name, value, villages) for value in (before, after))
                if is_year_only(name) and old_word == new_word:
                    new_word = _("changed, not shown")
                shown.append(Difference(label, old_word, new_word, jumps=_jumps(before, after)))
    return shown


def diff_of(row: StagedRow) -> dict[str, Any]:
    """The differences of a row; of a wholly new one all its values."""
    if row.diff is not None or row.state == StagedRow.State.REFUSED:
        return row.diff or {}
    diff = {
        part: {name: [None, value] for name, value in fields.items()} for part, fields in row.values.items()
    }
    return diff | ({"secrets": dict.fromkeys(row.secrets, True)} if row.secrets else {})


def label_of(sheet: str, part: str, name: str) -> str:
    column = FORMATS[sheet].column_of(f"{part}.{name}")
    return column.heading if column else OTHER_LABELS.get((part, name), name)


def _value(part: str, name: str, value: Any, villages: dict[int, str]) -> str:
    if value is None:
        return ""
    if (part, name) == ("household", "village_id"):
        return villages.get(value, "")
    model = MODELS.get(part)
    if model is None or name == "household":
        return str(value)
    return _by_field(model._meta.get_field(name), value)


def _by_field(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if is_year_only(field.name):
        return str(value)[:4]
    if isinstance(field, FenField):
        return yuan(Decimal(value) / 100)
    choices = dict(getattr(getattr(field, "base_field", field), "choices", None) or ())
    if isinstance(value, list):
        return "、".join(str(choices.get(item, item)) for item in value)
    return str(choices.get(value, value))


def _jumps(before: Any, after: Any) -> bool:
    numbers = [
        value for value in (before, after) if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) < 2 or not all(numbers):
        return False
    return max(map(abs, numbers)) >= JUMP * min(map(abs, numbers))


def _village_names(rows: Sequence[StagedRow]) -> dict[int, str]:
    wanted = {row.village_id for row in rows if row.village_id}
    for row in rows:
        wanted.update(key for key in (row.diff or {}).get("household", {}).get("village_id", ()) if key)
    return dict(Village.objects.filter(pk__in=wanted).values_list("pk", "area__name"))


# --- Secrets: masked before and after, opened for the rows of one page only -------------------
_HOLDERS: dict[str, tuple[type[models.Model], str]] = {
    "phone": (Household, "household_id"),
    "bank_account": (Household, "household_id"),
    "id_number": (Person, "person_id"),
    "disability_card": (Person, "person_id"),
}


def _old_secrets(rows: Sequence[StagedRow]) -> dict[tuple[str, int], str]:
    """The masked values that the register holds, by field and row."""
    masked: dict[tuple[str, int], str] = {}
    for name, (model, subject) in _HOLDERS.items():
        concerned = {
            getattr(row, subject): row.pk for row in rows if name in (row.diff or {}).get("secrets", {})
        }
        concerned.pop(None, None)
        holders = model._default_manager.filter(pk__in=concerned).select_related(name)
        for holder in holders:
            masked[name, concerned[holder.pk]] = mask(SECRET_FIELDS[name], getattr(holder, name))
    return masked


def _secret_difference(row: StagedRow, name: str, old: dict[tuple[str, int], str]) -> Difference:
    sealed = row.secrets.get(name)
    after = ""
    if sealed:
        secret = Secret(
            subject_table=TABLE,
            field=SECRET_FIELDS[name],
            subject_id=staged_subject(row.sheet_id, row.number),
            ciphertext=bytes.fromhex(sealed["cipher"]),
            key_id=sealed["key"],
            hash_key_id=sealed["hash_key"],
        )
        after = mask(SECRET_FIELDS[name], secrets.reveal(secret))
    part = "person" if name in ("id_number", "disability_card") else "household"
    label = "残疾证号" if name == "disability_card" else label_of(row.format, part, name)
    return Difference(label, old.get((name, row.pk), ""), after)


def area_name(area: Area) -> str:
    return area.name if area else _("the whole county")
