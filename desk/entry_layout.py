"""What of the entry page stands in which section, with its unit and last year's value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.fields import FenField
from core.form_fields import FieldView
from core.masks import mask
from desk.entry_forms import BASIC, INCOME, LIVING, PLAN, REGISTER
from desk.queries.entry import EntryPage, MemberRow, year_before
from desk.queries.facts import shown
from households.models import HouseholdYear

UNITS = {"house_area": "㎡", "road_distance": "公里", "work_months": "月", "persons": "人"}
LAND = "_land"


@dataclass(frozen=True)
class Member:
    """A member's form as the page shows it."""

    row: MemberRow
    fields: list[FieldView]
    leaving: list[FieldView]
    hidden: list[Any]


def household_fields(page: EntryPage) -> list[FieldView]:
    """Section 1: the household and what is basic about its year."""
    home, household = page.household_form, page.household
    before = year_before(page.year)
    secret = {
        "phone": mask("phone", household.phone),
        "bank_account": mask("account", household.bank_account),
    }
    names = [*REGISTER[:6], "phone", *REGISTER[6:7], "bank_account", *REGISTER[7:]]
    first = [FieldView(home[name], help=_kept(secret.get(name, ""))) for name in names[:1]]
    rest = [FieldView(home[name], help=_kept(secret.get(name, ""))) for name in names[1:]]
    return [*first, *_year_fields(page, BASIC, before), *rest]


def year_sections(page: EntryPage) -> dict[str, list[FieldView]]:
    """Sections 3 to 5: living, income, plan."""
    before = year_before(page.year)
    parts = {"living": LIVING, "income": INCOME, "plan": PLAN}
    return {part: _year_fields(page, names, before) for part, names in parts.items()}


def _kept(masked: str) -> str:
    return _("%(value)s stands; leave empty to keep it.") % {"value": masked} if masked else ""


def _year_fields(page: EntryPage, names: Iterable[str], before: HouseholdYear | None) -> list[FieldView]:
    return [_year_field(page, name, before) for name in names]


def _year_field(page: EntryPage, name: str, before: HouseholdYear | None) -> FieldView:
    field = HouseholdYear._meta.get_field(name)
    unit = "元" if isinstance(field, FenField) else UNITS.get(name, "")
    unit = "亩" if name.endswith(LAND) or name == "water_area" else unit
    label = str(page.year_form.fields[name].label).removesuffix("（亩）")
    value = getattr(before, name, None) if before else None
    help = _("Last year %(value)s") % {"value": shown(field, value)} if before else ""
    return FieldView(page.year_form[name], label=label, unit=unit, help=help, search=name == "other_causes")


def member_views(page: EntryPage) -> list[Member]:
    """Section 2: the members."""
    return [member_view(row) for row in page.members]


def member_view(row: MemberRow) -> Member:
    """The fields of one member, those about leaving or joining apart."""
    form = row.form
    apart = [name for name in ("from_reason", "from_day", "leave_reason", "leave_day") if name in form.fields]
    hidden = [name for name in form.fields if name.startswith("seen_")]
    names = [name for name in form.fields if name not in (*apart, *hidden)]
    return Member(
        row,
        [_member_field(row, name) for name in names],
        [FieldView(form[name]) for name in apart],
        [form[name] for name in hidden],
    )


def _member_field(row: MemberRow, name: str) -> FieldView:
    helps = {"id_number": _kept(row.id_mask), "birth_date": row.born_words}
    bound = row.form[name]
    label = str(bound.label).removesuffix("（月）")
    return FieldView(
        bound, label=label, unit=UNITS.get(name, ""), help=helps.get(name, ""), search=name == "health"
    )
