"""Reading the files of an import into staged rows: clean, located, still without a look at the register."""

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from core import secrets
from exchange.formats.recognition import ROWS_SEARCHED, Recognised, is_no_row, recognise
from exchange.models import Import, ImportFile, ImportSheet, StagedRow
from exchange.places import VillageResolver
from exchange.reading.words import FileProblem
from exchange.reading.workbook import Reading, Row, Sheet
from exchange.rows import CleanRow, RowReader
from households.names import search_keys

TABLE = StagedRow._meta.db_table
_COLUMNS = (
    "source_id", "sheet_id", "format", "number", "state", "year", "key", "name", "person_number",
    "id_hash", "village_id", "values", "secrets", "problems", "notes",
)  # fmt: skip
BATCH = 1000
ROWS_KEPT_FOR_RECOGNITION = 2 * ROWS_SEARCHED
# The field of core.secrets by the field of the target.
SECRET_FIELDS = {
    "id_number": "id_number",
    "disability_card": "certificate",
    "phone": "phone",
    "bank_account": "account",
}


def stage_file(file: ImportFile, reading: Reading, resolver: VillageResolver) -> int:
    """Stage every recognised sheet of a file; return the number of rows. A bad file is noted on it."""
    source, rows = file.source, 0
    try:
        for sheet, batches in _sheets(file, iter(reading)):
            rows += _stage_sheet(source, sheet, batches, resolver)
    except FileProblem as problem:
        _forget(file)
        file.problem, file.problem_params, rows = problem.code, problem.params, 0
    if not file.problem and not file.sheets.exclude(format="").exists():
        file.problem, file.problem_params = "nothing_recognised", {}
    file.save(update_fields=["problem", "problem_params"])
    return rows


def _forget(file: ImportFile) -> None:
    StagedRow.objects.filter(sheet__file=file).delete()
    file.sheets.all().delete()


def _sheets(
    file: ImportFile, parts: Iterator[Sheet | list[Row]]
) -> Iterator[tuple[ImportSheet, Iterator[list[Row]]]]:
    """Each sheet with the batches of its rows; the batches must be used up before the next sheet."""
    upcoming: Sheet | None = None

    def batches() -> Iterator[list[Row]]:
        nonlocal upcoming
        for part in parts:
            if isinstance(part, Sheet):
                upcoming = part
                return
            yield part

    list(batches())
    while upcoming is not None:
        begun, upcoming = upcoming, None
        sheet = ImportSheet(file=file, index=begun.index, name=begun.name[:100], visible=begun.visible)
        rows = batches()
        yield sheet, rows
        for _unused in rows:
            pass


def _stage_sheet(
    source: Import, sheet: ImportSheet, batches: Iterator[list[Row]], resolver: VillageResolver
) -> int:
    first: list[Row] = []
    for batch in batches:
        first += batch
        if len(first) >= ROWS_KEPT_FOR_RECOGNITION:
            break
    found = recognise(first)
    if found is not None:
        sheet.format, sheet.title_row = found.format.code, found.title_row
        sheet.headings, sheet.unknown_headings = found.headings, found.unknown
        sheet.missing_headings = found.missing
    sheet.save()
    if found is None:
        return 0
    writer = StagedRows(source, sheet, found, resolver)
    writer.add(first)
    for batch in batches:
        writer.add(batch)
    writer.flush()
    return writer.rows


class StagedRows:
    """Cleans the rows of one sheet and copies them into the table, a batch at a time."""

    def __init__(
        self, source: Import, sheet: ImportSheet, found: Recognised, resolver: VillageResolver
    ) -> None:
        self.source, self.sheet, self.found, self.resolver = source, sheet, found, resolver
        self.reader = RowReader(found, erase_on_empty=source.erase_on_empty)
        self.waiting: list[tuple[CleanRow, int | None]] = []
        self.rows = 0

    def add(self, batch: Sequence[Row]) -> None:
        for number, cells in batch:
            if number <= self.found.title_row or is_no_row(cells, self.found):
                continue
            row = self.reader.read(number, cells)
            self.waiting.append((row, self._place(row)))
            self.rows += 1
        if len(self.waiting) >= BATCH:
            self.flush()

    def _place(self, row: CleanRow) -> int | None:
        """Complete a row: its village, what it must state, what follows from what it says."""
        area = self.resolver.resolve(row, self.reader)
        village_id = self.resolver.village_id(area) if area is not None else None
        if self.found.format.subject == "villages":
            row.located["number"] = area.code if area is not None else row.located.get("code", "")
            if area is None and not row.problems:
                self._require(row, "row.village")
        else:
            self._complete_household_row(row, village_id)
        return village_id

    def _complete_household_row(self, row: CleanRow, village_id: int | None) -> None:
        if "number" not in row.located and not self._has_problem(row, "row.number"):
            self._require(row, "row.number")
        if self.found.format.code == "households":
            if village_id is not None:
                row.put("household", "village_id", village_id)
            if "group" in row.located:
                row.put("group", "name", row.located["group"])
        elif self.found.format.code == "persons":
            person = row.parts.get("person", {})
            if "name" in person:
                person["name_keys"] = search_keys(person["name"])
            elif not self._has_problem(row, "person.name"):
                self._require(row, "person.name")
            born = person.get("birth_date", "")
            if born[:4] > str(self.source.year):
                row.refuse("id_birth_date", self.reader.place_of.get("person.id_number"))

    def _has_problem(self, row: CleanRow, target: str) -> bool:
        place = self.reader.place_of.get(target)
        return place is not None and any(p.get("column") == place.index for p in row.problems)

    def _require(self, row: CleanRow, target: str) -> None:
        place = self.reader.place_of.get(target)
        column = self.found.format.column_of(target)
        heading = place.heading if place else (column.heading if column else target)
        row.refuse("required", place, heading=heading)

    def flush(self) -> None:
        if not self.waiting:
            return
        sealed = self._sealed()
        lines = [
            self._line(row, village_id, sealed.get(position, {}))
            for position, (row, village_id) in enumerate(self.waiting)
        ]
        columns = ", ".join(f'"{column}"' for column in _COLUMNS)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {TABLE} ({columns}) FROM STDIN", io.StringIO("".join(lines)))
        self.waiting = []

    def _sealed(self) -> dict[int, dict[str, secrets.Sealed | None]]:
        """The secrets of the waiting rows, sealed for their place in the sheet."""
        sealed: dict[int, dict[str, secrets.Sealed | None]] = {}
        wanted, places = [], []
        for position, (row, _village) in enumerate(self.waiting):
            if row.problems:
                continue
            for name, plain in row.secrets.items():
                if self.found.format.column_of(f"person.{name}") is None and name == "id_number":
                    continue
                if plain is None:
                    sealed.setdefault(position, {})[name] = None
                    continue
                subject = staged_subject(self.sheet.pk, row.number)
                wanted.append(secrets.Plain(TABLE, SECRET_FIELDS[name], subject, plain))
                places.append((position, name))
        for (position, name), secret in zip(places, secrets.sealed_many(wanted), strict=True):
            sealed.setdefault(position, {})[name] = secret
        return sealed

    def _line(self, row: CleanRow, village_id: int | None, sealed: dict[str, secrets.Sealed | None]) -> str:
        located, person = row.located, row.parts.get("person", {})
        identity = sealed.get("id_number")
        cells = (
            self.source.pk,
            self.sheet.pk,
            self.found.format.code,
            row.number,
            StagedRow.State.REFUSED if row.problems else StagedRow.State.STAGED,
            located.get("year", self.source.year),
            located.get("number", ""),
            (person.get("name") or located.get("name") or located.get("village") or "")[:60],
            person.get("number"),
            None if identity is None else "\\x" + identity.keyed_hash.hex(),
            village_id,
            _json(row.parts),
            _json({name: _sealed_json(secret) for name, secret in sealed.items()}) if sealed else "{}",
            _json(row.problems) if row.problems else "[]",
            _json(row.notes) if row.notes else "[]",
        )
        return "\t".join(map(_copied, cells)) + "\n"


def staged_subject(sheet_id: int, number: int) -> int:
    """The subject that a staged secret is bound to: its row in its sheet."""
    return (sheet_id << 22) + number


def _sealed_json(secret: secrets.Sealed | None) -> dict[str, str] | None:
    if secret is None:
        return None
    return {
        "hash": secret.keyed_hash.hex(),
        "cipher": secret.ciphertext.hex(),
        "key": secret.key_id,
        "hash_key": secret.hash_key_id,
    }


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
