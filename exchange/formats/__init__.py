"""The agreed sheets, each as declared columns."""

from exchange.formats.columns import Column, Format, Use
from exchange.formats.households import HOUSEHOLD_YEARS, HOUSEHOLDS
from exchange.formats.persons import PERSONS
from exchange.formats.villages import VILLAGE_YEARS, VILLAGES

FORMATS: dict[str, Format] = {
    sheet.code: sheet for sheet in (VILLAGES, VILLAGE_YEARS, HOUSEHOLDS, PERSONS, HOUSEHOLD_YEARS)
}

__all__ = ["FORMATS", "Column", "Format", "Use"]
