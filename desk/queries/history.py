"""The history of a household or village: what each change did, newest first, secrets never shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from core.models import Change, RowHistory, Secret
from core.numbers import UNKNOWN
from core.recalled import bulk_change, value_of
from desk.queries.facts import label_of, shown
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from standards.models import HouseholdJudgement, VillageJudgement
from standards.sources import Source, source_of
from villages.models import Village, VillageYear

CHANGES_SHOWN = 20
# Of what is silent elsewhere: that a household moved to another village.
MOVED = (Household, "village_id")
Names = dict[tuple[type[models.Model], Any], str]
# Columns that say nothing to a reader.
SILENT = {
    "id",
    "version",
    "county",
    "household_id",
    "person_id",
    "name_keys",
    "village_id",
    "head_name",
    "judged_by",
}


@dataclass(frozen=True)
class FieldChange:
    """One column that a change wrote."""

    label: str
    before: str
    after: str
    about: str = ""
    # The row of the history and its column, when the old value can be put back.
    row: int | None = None
    column: str = ""


@dataclass
class HistoryEntry:
    """One change with the columns it wrote to this household or village."""

    change: Change
    how: str
    who: str
    fields: list[FieldChange] = field(default_factory=list)
    more: int = 0
    rows: int = 0
    # Rows written for the first time or taken away, by what they are.
    written: list[str] = field(default_factory=list)

    @property
    def written_words(self) -> str:
        return "、".join(dict.fromkeys(self.written))


@dataclass(frozen=True)
class Rows:
    """The rows of one table whose history belongs together, each with whom it is about."""

    table: str
    about: dict[int, str]


def rows_of_household(household: Household, user: Any) -> list[Rows]:
    """Every row of facts about a household and its members, past ones too.

    Of who has moved to a household that `user` may not see, only the membership that ended here.
    """
    memberships = Membership.objects.filter(household=household).select_related("person")
    left = {membership.person_id for membership in memberships if membership.to_day is not None}
    away = _living_out_of_sight(left, user) if left else set()
    people = {m.person_id: m.person.name for m in memberships if m.person_id not in away}
    person_years = PersonYear.objects.filter(person__in=people).values_list("pk", "person_id", "year")
    years = HouseholdYear.objects.filter(household=household).values_list("pk", "year")
    judgements = HouseholdJudgement.objects.filter(household=household)
    statuses = household.statuses.values_list("pk", flat=True)
    return [
        Rows("households_household", {household.pk: ""}),
        Rows("households_householdyear", {pk: str(year) for pk, year in years}),
        Rows("households_householdstatus", dict.fromkeys(statuses, "")),
        Rows("households_membership", {m.pk: m.person.name for m in memberships}),
        Rows("households_person", people),
        Rows("households_personyear", {pk: f"{people[person]} {year}" for pk, person, year in person_years}),
        Rows("standards_householdjudgement", dict(judgements.values_list("pk", "item"))),
    ]


def _living_out_of_sight(people: set[int], user: Any) -> set[int]:
    """Those who belong to a household today, none of which `user` may see."""
    living = set(
        Membership.objects.filter(person__in=people, to_day=None).values_list("person_id", flat=True)
    )
    return living - set(Person.objects.visible_to(user).filter(pk__in=living).values_list("pk", flat=True))


def rows_of_village(village: Village) -> list[Rows]:
    """Every row of facts about a village."""
    years = VillageYear.objects.filter(village=village).values_list("pk", "year")
    judgements = VillageJudgement.objects.filter(village=village).values_list("pk", "item")
    return [
        Rows("villages_village", {village.pk: ""}),
        Rows("villages_villageyear", {pk: str(year) for pk, year in years}),
        Rows("standards_villagejudgement", dict(judgements)),
    ]


def history_of(groups: Iterable[Rows], *, most: int = CHANGES_SHOWN) -> tuple[list[HistoryEntry], bool]:
    """The last changes to these rows, and whether there are older ones."""
    groups = [group for group in groups if group.about]
    wanted = Q(pk__in=[])
    for group in groups:
        wanted |= Q(table=group.table, row_id__in=list(group.about))
    rows = RowHistory.objects.filter(wanted)
    numbers = list(rows.order_by("-change_id").values_list("change_id", flat=True).distinct()[: most + 1])
    about = {(group.table, row): words for group in groups for row, words in group.about.items()}
    entries: dict[int, HistoryEntry] = {}
    found = rows.filter(change__in=numbers[:most]).select_related("change")
    chosen = list(found.order_by("-change_id", "pk"))
    names = _names(chosen)
    for row in chosen:
        entry = entries.get(row.change_id)
        if entry is None:
            source = source_of(row.change)
            entry = entries[row.change_id] = HistoryEntry(row.change, source.how, source.who)
        _add(entry, row, about.get((row.table, row.row_id), ""), names)
    return list(entries.values()), len(numbers) > most


def brought_by(groups: Iterable[Rows], table: str, county: int) -> Source | None:
    """The load that brought rows of `table` without an image of each; None when all were written singly."""
    bulk = bulk_change(county)
    rows = next((group.about for group in groups if group.table == table), {})
    if bulk is None or not rows:
        return None
    first = RowHistory.objects.filter(
        table=table, row_id__in=list(rows), operation=RowHistory.Operation.INSERT
    )
    return source_of(bulk) if first.count() < len(rows) else None


def _add(entry: HistoryEntry, row: RowHistory, about: str, names: Names, most: int = 12) -> None:
    entry.rows += 1
    model = model_of(row.table)
    if row.operation != RowHistory.Operation.UPDATE:
        entry.written.append(f"{_kinds().get(row.table, row.table)} {about}".strip())
        return
    for column, values in (row.changed or {}).items():
        if is_silent(model, column):
            continue
        if len(entry.fields) >= most:
            entry.more += 1
            continue
        told = _field_change(model, column, values, about=about, names=names)
        put_back = column in restorable(model)
        entry.fields.append(replace(told, row=row.pk, column=column) if put_back else told)


def is_silent(model: type[models.Model], column: str) -> bool:
    """Whether a column says nothing to a reader; that a household moved to another village does."""
    return column in SILENT and (model, column) != MOVED


def _kinds() -> dict[str, str]:
    """What a row of each table is called."""
    return {
        "households_household": _("Household"),
        "households_householdyear": _("Facts of the year"),
        "households_householdstatus": _("Status"),
        "households_membership": _("Member"),
        "households_person": _("Person"),
        "households_personyear": _("Facts of the person"),
        "villages_village": _("Village"),
        "villages_villageyear": _("Facts of the year"),
        "standards_householdjudgement": _("Judged by hand"),
        "standards_villagejudgement": _("Judged by hand"),
    }


def _relation(model: type[models.Model], column: str) -> Any:
    """The column's field when it points to another row that may be named."""
    found = next((f for f in model._meta.concrete_fields if f.column == column), None)
    return found if found is not None and found.is_relation and found.related_model is not Secret else None


def _names(rows: list[RowHistory]) -> Names:
    """The names of all rows that the changed columns point to; a query for each kind of row."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for row in rows:
        model = model_of(row.table)
        for column, values in (row.changed or {}).items():
            field = _relation(model, column)
            if field is not None and not is_silent(model, column):
                wanted.setdefault(field.related_model, set()).update(filter(None, values))
    names: Names = {}
    for related, keys in wanted.items():
        found: Any = related._default_manager.filter(pk__in=keys)
        if related is Village:
            found = found.select_related("area")
        names |= {(related, one.pk): str(one) for one in found}
    return names


def _field_change(
    model: type[models.Model], column: str, values: tuple[Any, Any], *, about: str, names: Names
) -> FieldChange:
    """What became of one column, in words; `values` are those before and after, as the history keeps them."""
    before, after = values
    found = next((f for f in model._meta.concrete_fields if f.column == column), None)
    if found is None:
        return FieldChange(column, str(before), str(after), about)
    if found.is_relation:
        if found.related_model is Secret:
            return FieldChange(label_of(found), "", _("changed, not shown"), about)
        related: Any = found.related_model
        return FieldChange(
            label_of(found), _name(names, related, before), _name(names, related, after), about
        )
    return FieldChange(label_of(found), stored(found, before), stored(found, after), about)


def _name(names: Names, model: type[models.Model], key: Any) -> str:
    return UNKNOWN if key is None else names.get((model, key), str(key))


def stored(field: models.Field, value: Any) -> str:
    """A value of an image (JSON of the table's row) as a page shows it."""
    if value is None:
        return shown(field, None)
    return shown(field, value_of(field, value))


# Rows of which a single field can be put back; the others have their own steps.
_RESTORED = (Household, HouseholdYear, Person, PersonYear, VillageYear)


def restorable(model: type[models.Model]) -> set[str]:
    """The columns of a table that a person may put back: facts, neither secrets nor relations."""
    if model not in _RESTORED:
        return set()
    held = {
        str(field.column) for field in model._meta.concrete_fields if field.editable and not field.is_relation
    }
    return held - SILENT - {"cancelled_on", "cancelled_reason", "year", "number"}


def model_of(table: str) -> type[models.Model]:
    """The model that lives in a table."""
    return next(model for model in apps.get_models() if model._meta.db_table == table)
