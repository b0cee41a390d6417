"""Facts of several years side by side, and what a stored value is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from core.fields import FenField
from core.masks import is_year_only
from core.numbers import UNKNOWN, day, thousands, yuan
from households.models import Household, HouseholdYear
from villages.models import VillageYear

if TYPE_CHECKING:
    from desk.queries.household import HouseholdPage

YEARS_SHOWN = 4
FIRST_ROWS = 16
HOUSEHOLD_FACTS = (
    "status", "attribute", "main_cause", "planned_exit_year", "planned_route", "persons", "members",
    "stated_per_capita", "house_area", "house_grade", "dilapidated", "safe_water", "road_type",
    "arable_land", "living_power", "broadcast", "other_causes", "food_secure", "clothing_secure",
    "stable_source", "own_dwelling", "stated_net", "asset_dividend", "other_property", "family_planning",
    "dibao", "wubao", "pension", "ecology", "other_transfer", "register_dilapidated", "water_difficult",
    "production_power", "road_distance", "toilet", "fuel", "irrigated_land", "forest_land",
    "converted_land", "orchard_land", "pasture_land", "water_area", "cooperative", "leading_firm",
    "rich_leader",
)  # fmt: skip
DERIVED = {"status", "members"}
VILLAGE_FACTS = [
    field.name
    for field in VillageYear._meta.fields
    if field.name not in ("id", "village", "year", "county", "version")
]


@dataclass(frozen=True)
class FactRow:
    """One fact with its value in each year and the source of the last."""

    label: str
    unit: str
    values: list[str]
    origin: Any
    number: bool
    known: bool
    name: str = ""
    # Places of the values that are others today.
    differing: frozenset[int] = frozenset()

    @property
    def cells(self) -> list[tuple[str, bool]]:
        """Each value, and whether it is another one today."""
        return [(value, place in self.differing) for place, value in enumerate(self.values)]


@dataclass(frozen=True)
class FactTable:
    """Facts by year."""

    years: list[int]
    closed: list[int]
    rows: list[FactRow]

    @property
    def known_rows(self) -> list[FactRow]:
        return [row for row in self.rows if row.known]

    @property
    def first_rows(self) -> list[FactRow]:
        """What stands on the page at once; the others fold out."""
        return self.known_rows[:FIRST_ROWS]

    @property
    def more_rows(self) -> list[FactRow]:
        return self.known_rows[FIRST_ROWS:]

    @property
    def unknown_rows(self) -> list[FactRow]:
        return [row for row in self.rows if not row.known]


def facts_by_year(page: "HouseholdPage") -> FactTable:
    """The household's facts of up to four years, the shown year last."""
    years = [row for row in page.years if row.year <= page.year][-YEARS_SHOWN:]

    def origin(row: Any, name: str) -> Any:
        if name in DERIVED:
            return _("from the register")
        return page.origins.of_column("households_householdyear", row.pk, name)

    return fact_table(HouseholdYear, years, HOUSEHOLD_FACTS, origin)


def fact_table(model: type[models.Model], years: list[Any], names: Iterable[str], origin: Any) -> FactTable:
    """A table of these columns; `origin(row, name)` words the source of a value of the last year."""
    rows = []
    for name in names:
        field = model._meta.get_field(name)
        values = [getattr(year, name) for year in years]
        known = any(value is not None for value in values)
        last = values[-1] if values else None
        rows.append(
            FactRow(
                label=_("Registered members") if name == "members" else label_of(field),
                unit=_("yuan") if isinstance(field, FenField) else "",
                values=[shown(field, value) for value in values],
                origin=origin(years[-1], name) if last is not None else "",
                number=isinstance(field, models.IntegerField | models.DecimalField | FenField),
                known=known,
                name=name,
            )
        )
    closed = [year.year for year in years if getattr(year, "closed", False)]
    return FactTable([year.year for year in years], closed, rows)


def label_of(field: Any) -> str:
    """What the column is called: its Chinese heading (data, not translated)."""
    if field.name == "village":
        return _("Village")
    if field.name == "status":
        field = Household._meta.get_field("status")
    return str(getattr(field, "verbose_name", field.name))


def shown(field: Any, value: Any) -> str:
    """A stored value as a page shows it."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return "、".join(str(labels.get(one, one)) for one in value) or UNKNOWN
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, FenField):
        return yuan(value)
    if isinstance(value, date | datetime):
        return str(value.year) if is_year_only(field.name) else day(value)
    if field.name.endswith("year"):
        return str(value)
    if isinstance(value, int | Decimal):
        return thousands(value)
    return str(value)
