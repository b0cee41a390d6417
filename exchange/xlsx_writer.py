"""A streaming writer of .xlsx: cells with references, text as text, fills and comments.

openpyxl needs 33 s and 402 MB for a county's members; here a row is written and forgotten.
"""

import datetime
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

PLAIN, TITLE, BAD, NOTED, REASON, DATE, TEXT = range(7)
MOST_COMMENTS = 2_000
_EPOCH = datetime.date(1899, 12, 30)
# What XML cannot hold; openpyxl refuses it and Excel calls the file damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{parts}</Types>"""
_RELS = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>
<font><sz val="11"/><color rgb="FFAD2118"/><name val="Calibri"/></font></fonts>
<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFF8B4AE"/></patternFill></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFFFE08A"/></patternFill></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="0" fontId="0" fillId="2" borderId="0" xfId="0" applyFill="1"/>
<xf numFmtId="0" fontId="0" fillId="3" borderId="0" xfId="0" applyFill="1"/>
<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


class Cell(NamedTuple):
    """A value with a style, and a comment when the person should read one at the place."""

    value: Any
    style: int = PLAIN
    comment: str = ""


def letters(column: int) -> str:
    """The letters of a column counted from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def clean(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text)[:_LONGEST])


class WorkbookWriter:
    """Writes sheets one after the other: `with WorkbookWriter(path) as book: book.begin("name")`."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.names: list[str] = []
        self.comments: list[tuple[str, str]] = []
        self.commented: list[int] = []
        self.sheet: IO[bytes] | None = None
        self.columns: list[str] = []
        self.lists: list[tuple[str, Sequence[str]]] = []

    def __enter__(self) -> "WorkbookWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._end_sheet()
        self._finish()
        self.archive.close()

    def begin(self, name: str, widths: Sequence[int] = (), *, as_text: bool = False) -> None:
        """Begin a sheet; names are made unique and cut to what Excel takes.

        `widths` in characters; `as_text` keeps what is typed into these columns as it was typed.
        """
        self._end_sheet()
        base = re.sub(r"[\[\]:*?/\\]", " ", _FORBIDDEN.sub("", name)).strip("' ")[:25] or "Sheet"
        unique, number = base, 1
        while unique.lower() in {known.lower() for known in self.names}:
            number += 1
            unique = f"{base} {number}"
        self.names.append(unique)
        self.sheet = self.archive.open(f"xl/worksheets/sheet{len(self.names)}.xml", "w", force_zip64=True)
        self.sheet.write(
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"'
            f' xmlns:r="{_OFFICE}">{_cols(widths, as_text)}<sheetData>'.encode()
        )

    def offer(self, column: int, words: Sequence[str], first_row: int = 2, last_row: int = 5_001) -> None:
        """Let the cells of a column (counted from 1) offer a list; at most 255 characters in all."""
        name = letters(column)
        self.lists.append((f"{name}{first_row}:{name}{last_row}", words))

    def row(self, number: int, cells: Sequence[Any]) -> None:
        """Write one row at its number; numbers must rise."""
        assert self.sheet is not None
        while len(self.columns) < len(cells):
            self.columns.append(letters(len(self.columns) + 1))
        parts = [f'<row r="{number}">']
        for name, cell in zip(self.columns, cells, strict=False):
            if type(cell) is not Cell:
                cell = Cell(cell)
            if cell.value is None and cell.style == PLAIN:
                continue
            reference = f"{name}{number}"
            parts.append(_written(reference, cell))
            if cell.comment and len(self.comments) < MOST_COMMENTS:
                self.comments.append((reference, cell.comment))
        parts.append("</row>")
        self.sheet.write("".join(parts).encode())

    def _end_sheet(self) -> None:
        if self.sheet is None:
            return
        number = len(self.names)
        drawing = '<legacyDrawing r:id="rId1"/>' if self.comments else ""
        self.sheet.write(f"</sheetData>{_validations(self.lists)}{drawing}</worksheet>".encode())
        self.lists = []
        self.sheet.close()
        self.sheet = None
        if self.comments:
            self._write_comments(number)
            self.commented.append(number)
            self.comments = []

    def _write_comments(self, number: int) -> None:
        listed = "".join(
            f'<comment ref="{reference}" authorId="0"><text><t xml:space="preserve">{clean(text)}</t></text></comment>'
            for reference, text in self.comments
        )
        self.archive.writestr(
            f"xl/comments{number}.xml",
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{_MAIN}">'
            f"<authors><author></author></authors><commentList>{listed}</commentList></comments>",
        )
        shapes = "".join(
            _shape(position, reference) for position, (reference, _t) in enumerate(self.comments)
        )
        self.archive.writestr(f"xl/drawings/vmlDrawing{number}.vml", _VML.format(shapes=shapes))
        links = (
            f'<Relationship Id="rId1" Type="{_OFFICE}/vmlDrawing" Target="../drawings/vmlDrawing{number}.vml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/comments" Target="../comments{number}.xml"/>'
        )
        self.archive.writestr(f"xl/worksheets/_rels/sheet{number}.xml.rels", _RELS.format(links=links))

    def _finish(self) -> None:
        if not self.names:
            self.begin("Sheet")
            self._end_sheet()
        numbers = range(1, len(self.names) + 1)
        parts = [_part(f"/xl/worksheets/sheet{n}.xml", _SHEET_TYPE) for n in numbers]
        parts += [_part(f"/xl/comments{n}.xml", _COMMENTS_TYPE) for n in self.commented]
        sheets = "".join(
            f'<sheet name="{clean(name)}" sheetId="{n}" r:id="rId{n}"/>'.replace('""', '"')
            for n, name in zip(numbers, self.names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        links += f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        self.archive.writestr("[Content_Types].xml", _TYPES.format(parts="".join(parts)))
        self.archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(links=links))
        self.archive.writestr("xl/styles.xml", _STYLES)
        book = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        self.archive.writestr("xl/workbook.xml", book)
        root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        self.archive.writestr("_rels/.rels", _RELS.format(links=root))


def _cols(widths: Sequence[int], as_text: bool) -> str:
    if not widths:
        return ""
    style = f' style="{TEXT}"' if as_text else ""
    listed = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"{style}/>'
        for number, width in enumerate(widths, start=1)
    )
    return f"<cols>{listed}</cols>"


def _validations(lists: Sequence[tuple[str, Sequence[str]]]) -> str:
    if not lists:
        return ""
    listed = "".join(
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{place}">'
        f"<formula1>&quot;{clean(','.join(words))}&quot;</formula1></dataValidation>"
        for place, words in lists
    )
    return f'<dataValidations count="{len(lists)}">{listed}</dataValidations>'


def _part(name: str, kind: str) -> str:
    return f'<Override PartName="{name}" ContentType="{kind}"/>'


def _written(reference: str, cell: Cell) -> str:
    value, style = cell.value, f' s="{cell.style}"' if cell.style else ""
    if value is None:
        return f'<c r="{reference}"{style}/>'
    if isinstance(value, bool):
        return f'<c r="{reference}"{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"{style}><v>{_number(value)}</v></c>'
    if isinstance(value, datetime.datetime):
        value = value.date() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, datetime.date):
        days = (value - _EPOCH).days
        return f'<c r="{reference}" s="{cell.style or DATE}"><v>{days}</v></c>'
    text = clean(str(value))
    return f'<c r="{reference}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _number(value: float) -> str:
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        else repr(value)
    )


def _shape(position: int, reference: str) -> str:
    match = re.fullmatch(r"([A-Z]+)(\d+)", reference)
    assert match is not None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return (
        f'<v:shape id="_x0000_s{1025 + position}" type="#_x0000_t202"'
        ' style="position:absolute;width:200pt;height:70pt;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:textbox/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{int(match.group(2)) - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )


_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600"'
    ' o:spt="202" path="m,l,21600r21600,l21600,xe"/>{shapes}</xml>'
)
