"""From the cells of one row to clean values: a bad cell is noted, never raised."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.masks import mask
from exchange.cleaning import shown
from exchange.formats.columns import Column, Use
from exchange.formats.recognition import Place, Recognised
from exchange.problems import CellProblem, Noted
from exchange.reading.cells import is_blank
from households.identity import IdNumber

Remark = dict[str, Any]
MOST_KNOWN_WORDS = 2_000


def _words_kept(column: Column) -> dict[str, Any] | None:
    """A memory of clean words; none for numbers, names and secrets: nearly every row has its own."""
    return None if is_secret(column) or column.field in ("number", "name", "person_number") else {}


@dataclass
class CleanRow:
    """What a row says. `parts` is keyed by target part, then by field."""

    number: int
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    located: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str | None] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def put(self, part: str, name: str, value: Any) -> None:
        self.parts.setdefault(part, {})[name] = value

    def refuse(self, code: str, place: Place | None = None, value: str = "", /, **params: Any) -> None:
        self.problems.append(remark(code, place, value, params))

    def note(self, code: str, place: Place | None = None, value: str = "", /, **params: Any) -> None:
        self.notes.append(remark(code, place, value, params))


def remark(code: str, place: Place | None, value: str, params: dict[str, Any]) -> Remark:
    """A problem or note as it is kept: code, parameters, and where in the row it stands."""
    kept: Remark = {"code": code, "params": params, "value": value}
    if place is not None:
        kept |= {"column": place.index, "heading": place.heading}
    return kept


class RowReader:
    """Reads the rows of one recognised sheet."""

    def __init__(self, found: Recognised, *, erase_on_empty: bool) -> None:
        self.found = found
        self.erase_on_empty = erase_on_empty
        self.places = [place for place in found.places if place.clean is not None]
        self.place_of = {place.column.target: place for place in self.places}
        # Most columns hold few different words; each is cleaned once. Numbers and secrets are not kept.
        self.plan = [
            (place.index, place, place.column.part, place.column.field, _words_kept(place.column))
            for place in self.places
        ]

    def read(self, number: int, cells: Sequence[Any]) -> CleanRow:
        row, width = CleanRow(number), len(cells)
        for index, place, part, name, known in self.plan:
            cell = cells[index] if index < width else None
            if known is not None and type(cell) is str and cell in known:
                _keep(row, part, name, known[cell])
            elif cell is not None and not is_blank(cell):
                self._clean(row, place, cell, known)
            elif self.erase_on_empty:
                self._erase(row, place.column)
        return row

    def _clean(self, row: CleanRow, place: Place, cell: Any, known: dict[str, Any] | None) -> None:
        try:
            value = place.clean(cell)  # type: ignore[misc]
        except CellProblem as problem:
            self._bad_cell(row, place, cell, problem)
            return
        if type(value) is Noted:
            row.note(value.code, place, shown_masked(place.column, cell), **value.params)
            value = value.value
        elif known is not None and type(cell) is str and len(known) < MOST_KNOWN_WORDS:
            known[cell] = _as_json(value)
        self._take(row, place.column, value)

    def _erase(self, row: CleanRow, column: Column) -> None:
        if column.use not in (Use.LEADS, Use.FILLS) or column.target in ("person.name", "status.status"):
            return
        if column.secret:
            row.secrets[column.field] = None
        else:
            row.put(column.part, column.field, None)

    def _bad_cell(self, row: CleanRow, place: Place, cell: Any, problem: CellProblem) -> None:
        value = shown_masked(place.column, cell)
        params = problem.params
        if "value" in params and is_secret(place.column):
            params = params | {"value": value}
        target = row.notes if place.column.cell_only else row.problems
        target.append(remark(problem.code, place, value, params))

    def _take(self, row: CleanRow, column: Column, value: Any) -> None:
        if type(value) is IdNumber and column.part not in ("row", "check"):
            _take_identity(row, value)
        elif column.secret:
            row.secrets[column.field] = value
        else:
            _keep(row, column.part, column.field, _as_json(value))


def _keep(row: CleanRow, part: str, name: str, value: Any) -> None:
    """Put a clean value where it belongs; what is only checked is kept nowhere."""
    if part == "row":
        row.located[name] = value
    elif part != "check":
        row.put(part, name, value)


def _take_identity(row: CleanRow, identity: IdNumber) -> None:
    row.located["id_number"] = identity
    row.secrets["id_number"] = identity.number
    row.put("person", "birth_date", identity.birth_date.isoformat())
    row.put("person", "sex", identity.sex)
    if identity.disability_card:
        row.secrets["disability_card"] = identity.disability_card


def _as_json(value: Any) -> Any:
    """The value as `to_jsonb` of the target's row writes it."""
    kind = type(value)
    if kind is Decimal:
        return float(value)
    return value.isoformat() if kind is datetime.date else value


def is_secret(column: Column) -> bool:
    return bool(column.secret) or column.field == "id_number"


def shown_masked(column: Column, cell: Any) -> str:
    """The cell as it may stand in a report: secrets masked, a lost number as it looks in the sheet."""
    if not is_secret(column):
        return shown(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return f"{cell:.5E}" if abs(cell) >= 10**11 else mask("account", str(int(cell)))
    return mask("id_number" if column.field == "id_number" else column.secret, str(cell).strip())
