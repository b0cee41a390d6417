"""An .xlsx made ready for the reader: sizes checked, sheets cut where only empty rows follow."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from defusedxml import ElementTree

from exchange.reading.cells import BLANKS
from exchange.reading.words import FileProblem
from exchange.reading.worksheet import SheetScan, scan

MOST_CELLS = 6_000_000
MOST_COLUMNS = 1_000
CHUNK = 1024 * 1024

_STRING = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")

OddCells = dict[tuple[int, int], tuple[str, str]]


def prepared(path: Path) -> tuple[BinaryIO, dict[str, OddCells]]:
    """The file to open, and the odd cells of each sheet by its name."""
    odd_cells: dict[str, OddCells] = {}
    cuts: dict[str, int] = {}
    with zipfile.ZipFile(path) as archive:
        blank_strings = _blank_strings(archive)
        for name, member in _sheets(archive).items():
            with archive.open(member) as xml:
                found = scan(xml, blank_strings)
            _check_size(name, found)
            odd_cells[name] = found.odd_cells
            if found.cut_at is not None:
                cuts[member] = found.cut_at
        if cuts:
            return _cut(archive, cuts), odd_cells
    return path.open("rb"), odd_cells


def _check_size(name: str, found: SheetScan) -> None:
    if found.widest > MOST_COLUMNS:
        letters = max(found.columns, key=lambda column: (len(column), column)).decode()
        raise FileProblem("too_wide", sheet=name, column=letters)
    if found.rows * found.widest > MOST_CELLS:
        raise FileProblem("too_many_cells", sheet=name, rows=found.rows)


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The member of each worksheet by the sheet's name."""
    names = {name.lower(): name for name in archive.namelist()}
    book = _parsed(archive, names.get("xl/workbook.xml", ""))
    links = _parsed(archive, names.get("xl/_rels/workbook.xml.rels", ""))
    targets = {link.get("Id"): link.get("Target", "") for link in links.iter() if link.get("Target")}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if member.lower() in names:
            found[sheet.get("name", "")] = names[member.lower()]
    return found


def _parsed(archive: zipfile.ZipFile, member: str) -> Any:
    if not member:
        raise FileProblem("damaged")
    try:
        return ElementTree.fromstring(archive.read(member))
    except (ElementTree.ParseError, ValueError):
        raise FileProblem("damaged") from None


def _blank_strings(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """The indexes of shared strings that hold only spaces."""
    member = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
    if member is None:
        return frozenset()
    blank, index, buffer = set(), 0, b""
    with archive.open(member) as xml:
        while chunk := xml.read(CHUNK):
            buffer += chunk
            done = 0
            for match in _STRING.finditer(buffer):
                done = match.end()
                body = match.group(1) or b""
                if len(body) < 200 and _is_blank(body):
                    blank.add(str(index).encode())
                index += 1
            buffer = buffer[done:]
    return frozenset(blank)


def _is_blank(body: bytes) -> bool:
    text = b"".join(_TEXT.findall(body)).decode(errors="replace")
    return not text.replace("&#10;", "").replace("_x000D_", "").strip(BLANKS)


def _cut(archive: zipfile.ZipFile, cuts: dict[str, int]) -> BinaryIO:
    """A copy of the workbook whose sheets end where their tables end."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for member in archive.infolist():
            if member.filename not in cuts:
                target.writestr(member.filename, archive.read(member))
                continue
            with archive.open(member) as xml:
                kept = xml.read(cuts[member.filename])
            prefix = (found.group(1) or b"") if (found := _PREFIX.search(kept)) else b""
            ending = b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
            target.writestr(member.filename, kept + ending)
    copy.seek(0)
    return copy
