"""Where the facts of a page come from, in words: the last change of each column, file and row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from core.numbers import day
from core.recalled import bulk_change
from exchange.formats import FORMATS, Use
from exchange.models import ImportFile, StagedRow
from standards.explanation import CriterionPanel
from standards.measures.base import Hand
from standards.sources import Source, fact_sources, source_of

SHOWN = 2
PARTS = {
    "households_household": "household",
    "households_householdyear": "household_year",
    "households_membership": "membership",
    "households_person": "person",
    "households_personyear": "person_year",
    "villages_villageyear": "village_year",
}


@dataclass(frozen=True)
class Origin:
    """One source in words and, when it is an import, its number."""

    words: str
    import_id: int | None = None

    def __str__(self):
        return self.words


class Origins:
    """The sources of the rows of one page; a query a table, when first asked.

    `key` is the household's number or the village's code, by which imports keep their rows; with a
    moment `until` they are the sources that were known then.
    """

    def __init__(self, county: int, key: str, rows: dict[str, list[int]], until: datetime | None = None):
        self.county, self.key, self.rows, self.until = county, key, rows, until

    @cached_property
    def _sources(self) -> dict[str, dict[tuple[int, str], Source]]:
        return {table: fact_sources(table, ids, self.until) for table, ids in self.rows.items() if ids}

    @cached_property
    def _bulk(self) -> Source | None:
        """Data written in bulk keeps no image of each row; its change is the source of what has no other."""
        found = bulk_change(self.county)
        if found is None or (self.until is not None and found.at >= self.until):
            return None
        return source_of(found)

    @cached_property
    def _imports(self) -> set[int]:
        return {s.import_id for known in self._sources.values() for s in known.values() if s.import_id}

    @cached_property
    def _places(self) -> dict[tuple[int, str], tuple[str, list[int]]]:
        """File and rows of this subject by import and format, while the staged rows are kept."""
        if not self._imports:
            return {}
        staged = StagedRow.objects.filter(source__in=self._imports, format__in=list(FORMATS), key=self.key)
        found: dict[tuple[int, str], tuple[str, list[int]]] = {}
        columns = ("source", "format", "number", "sheet__file__name")
        for source, sheet_format, number, name in staged.order_by("number").values_list(*columns):
            found.setdefault((source, sheet_format), (name, []))[1].append(number)
        return found

    @cached_property
    def _files(self) -> dict[int, str]:
        files = ImportFile.objects.filter(source__in=self._imports) if self._imports else []
        names: dict[int, list[str]] = {}
        for file in files:
            names.setdefault(file.source_id, []).append(file.name)
        return {number: "、".join(found) for number, found in names.items()}

    def of_column(self, table: str, row: int, column: str) -> Origin:
        """The source of one column of one row."""
        source = self._sources.get(table, {}).get((row, column)) or self._bulk
        return self._worded(source, table, column)

    def _worded(self, source: Source | None, table: str, column: str) -> Origin:
        """`2016-10-09 何静 录入`, or the import with its file and row."""
        if source is None:
            return Origin(_("not recorded"))
        place = self._place(source.import_id, table, column) if source.import_id else ""
        parts = [day(source.day), source.who, source.how, place, source.evidence]
        return Origin(" ".join(part for part in parts if part), source.import_id)

    def _place(self, number: int, table: str, column: str) -> str:
        for code in _formats_with(PARTS.get(table, ""), column):
            name, rows = self._places.get((number, code), ("", []))
            if rows:
                shown = "、".join(str(row) for row in rows[:4])
                return _("%(file)s row %(rows)s") % {"file": name, "rows": shown}
        return self._files.get(number, "")

    def of_criteria(self, criteria: Collection[CriterionPanel]) -> list[Origin]:
        """The sources of the facts that these demands were read from, the latest first."""
        found: dict[int, Origin] = {}
        for criterion in criteria:
            for table, columns in criterion.facts.items():
                for column, source in self._of_columns(table, set(columns), criterion.row):
                    found.setdefault(source.change_id, self._worded(source, table, column))
        # What a person judges never came in bulk.
        bulk = any(criterion.code != Hand.code for criterion in criteria)
        if not found and bulk and self._bulk:
            return [self._worded(self._bulk, "", "")]
        return [found[change] for change in sorted(found, reverse=True)[:SHOWN]]

    def _of_columns(self, table: str, wanted: set[str], only: int | None) -> Iterable[tuple[str, Source]]:
        known = self._sources.get(table, {})
        return (
            (column, source)
            for (row, column), source in known.items()
            if column in wanted and only in (None, row)
        )


def _formats_with(part: str, column: str) -> list[str]:
    """The formats that hold this column, the one that leads first."""
    name = column.removesuffix("_id")
    held = [(code, sheet.column_of(f"{part}.{name}")) for code, sheet in FORMATS.items()]
    ranked = sorted((found.use != Use.LEADS, code) for code, found in held if found)
    return [code for _rank, code in ranked]
