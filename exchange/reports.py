"""Refusals and warnings in words, at their place in the sheet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from exchange import problems
from exchange.formats import FORMATS
from exchange.models import Import, ImportSheet, StagedRow
from exchange.xlsx_writer import letters


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem or note of a row, ready to be shown."""

    row: int
    code: str
    index: int | None
    letter: str
    heading: str
    value: str
    sentence: str
    cure: str
    kind: str


class Columns:
    """Where the columns of a sheet stand, by what they fill."""

    def __init__(self, sheet: ImportSheet) -> None:
        self.headings = sheet.headings
        self.place: dict[str, int] = {}
        form = FORMATS[sheet.format]
        for index, heading in enumerate(sheet.headings):
            column, _unit = form.column(heading) if heading else (None, "")
            if column is not None:
                self.place.setdefault(column.target, index)

    def finding(self, row: int, remark: dict[str, Any]) -> Finding:
        index = remark.get("column")
        if index is None and "target" in remark:
            index = self.place.get(remark["target"])
        heading = remark.get("heading") or (self.headings[index] if index is not None else "")
        letter = letters(index + 1) if index is not None else ""
        params = {"letter": letter, "heading": heading, **remark["params"]}
        code = remark["code"]
        return Finding(
            row=row,
            code=code,
            index=index,
            letter=letter,
            heading=heading,
            value=remark["value"],
            sentence=problems.sentence(code, params),
            cure=problems.cure(code, params),
            kind=problems.kind(code),
        )


def findings(row: StagedRow, columns: Columns) -> list[Finding]:
    """What is wrong with a refused row, or what was noted on an accepted one."""
    remarks = row.problems or row.notes
    return [columns.finding(row.number, remark) for remark in remarks]


def kinds_of_refusal(source: Import) -> list[tuple[str, int]]:
    """The kinds of problems with the number of refused rows each, the commonest first."""
    refused = StagedRow.objects.filter(source=source, state=StagedRow.State.REFUSED)
    counted: Counter[str] = Counter()
    for remarks in refused.values_list("problems", flat=True).iterator(2000):
        counted.update({problems.kind(remark["code"]) for remark in remarks})
    return counted.most_common()


def totals(sheets: Iterable[ImportSheet]) -> dict[str, int]:
    """The counts of several sheets together."""
    names = ("rows_read", "new", "changed", "unchanged", "refused", "left_out", "warned")
    listed = list(sheets)
    return {name: sum(getattr(sheet, name) for sheet in listed) for name in names}
