"""The history of a household or village: what each change did, newest first, secrets never shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from core.models import Change, RowHistory, Secret
from core.recalled import value_of
from desk.queries.facts import label_of, shown
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from standards.models import HouseholdJudgement, VillageJudgement
from standards.sources import source_of
from villages.models import Village, VillageYear

CHANGES_SHOWN = 20
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


@dataclass(frozen=True)
class Rows:
    """The rows of one table whose history belongs together, each with whom it is about."""

    table: str
    about: dict[int, str]


def rows_of_household(household: Household) -> list[Rows]:
    """Every row of facts about a household and its members, past ones too."""
    memberships = Membership.objects.filter(household=household).select_related("person")
    people = {membership.person_id: membership.person.name for membership in memberships}
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
    """The last changes to these rows, and whether there are older ones; two queries."""
    groups = [group for group in groups if group.about]
    wanted = Q(pk__in=[])
    for group in groups:
        wanted |= Q(table=group.table, row_id__in=list(group.about))
    rows = RowHistory.objects.filter(wanted)
    numbers = list(rows.order_by("-change_id").values_list("change_id", flat=True).distinct()[: most + 1])
    about = {(group.table, row): words for group in groups for row, words in group.about.items()}
    entries: dict[int, HistoryEntry] = {}
    chosen = rows.filter(change__in=numbers[:most]).select_related("change").order_by("-change_id", "pk")
    for row in chosen:
        entry = entries.get(row.change_id)
        if entry is None:
            source = source_of(row.change)
            entry = entries[row.change_id] = HistoryEntry(row.change, source.how, source.who)
        _add(entry, row, about.get((row.table, row.row_id), ""))
    return list(entries.values()), len(numbers) > most


def _add(entry: HistoryEntry, row: RowHistory, about: str, most: int = 12) -> None:
    entry.rows += 1
    if row.operation != RowHistory.Operation.UPDATE:
        return
    model = model_of(row.table)
    for column, (before, after) in (row.changed or {}).items():
        if column in SILENT:
            continue
        if len(entry.fields) >= most:
            entry.more += 1
            continue
        told = _field_change(model, column, before, after, about)
        put_back = column in restorable(model)
        entry.fields.append(replace(told, row=row.pk, column=column) if put_back else told)


def _field_change(model: type[models.Model], column: str, before: Any, after: Any, about: str) -> FieldChange:
    found = next((f for f in model._meta.concrete_fields if f.column == column), None)
    if found is None:
        return FieldChange(column, str(before), str(after), about)
    if found.is_relation:
        if found.related_model is Secret:
            return FieldChange(label_of(found), "", _("changed, not shown"), about)
        return FieldChange(label_of(found), _named(found, before), _named(found, after), about)
    return FieldChange(label_of(found), stored(found, before), stored(found, after), about)


def _named(field: Any, key: Any) -> str:
    if key is None:
        return stored(field, None)
    found = field.related_model.objects.filter(pk=key).first()
    return str(found) if found else str(key)


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
