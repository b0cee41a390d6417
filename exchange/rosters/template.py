"""The empty workbook of a roster: headings, lists to choose from, a sheet of explanations."""

import tempfile
from pathlib import Path

from exchange.rosters.columns import COLUMNS, TITLES
from exchange.xlsx_writer import TITLE, Cell, WorkbookWriter


def template_of(kind: str) -> bytes:
    """The bytes of the .xlsx; every column takes what is typed as text."""
    columns = COLUMNS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        with WorkbookWriter(path) as book:
            book.begin(TITLES[kind], [column.width for column in columns], as_text=True)
            book.row(
                1, [Cell(column.heading + ("*" if column.required else ""), TITLE) for column in columns]
            )
            for place, column in enumerate(columns, start=1):
                if column.choices:
                    book.offer(place, list(column.choices()))
            book.begin("填写说明", [14, 8, 60])
            book.row(1, [Cell(word, TITLE) for word in ("列", "必填", "说明")])
            for number, column in enumerate(columns, start=2):
                words = column.help + ("：" + "、".join(column.choices()) if column.choices else "")
                book.row(number, [column.heading, "是" if column.required else "", words])
        return path.read_bytes()
