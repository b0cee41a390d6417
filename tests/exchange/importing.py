"""A test case that imports small workbooks into the invented county."""

import tempfile
from pathlib import Path
from typing import Any

from django.test import TestCase

from exchange import services
from exchange.models import Import, ImportSheet, StagedRow
from exchange.reports import totals
from tests.exchange import registers
from tests.exchange.sheets import xlsx


class ImportTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = registers.make_places()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, *tables: Any, area=None, year: int = 2016, **wishes: Any) -> Import:
        """Stage and compare; each table is a list of rows or a path."""
        paths = [
            item if isinstance(item, Path) else xlsx(self.folder / f"{number}.xlsx", item)
            for number, item in enumerate(tables)
        ]
        files = [(path.name, path.open("rb")) for path in paths]
        source = services.start_import(files, area=area or self.county, year=year, **wishes)
        for _name, file in files:
            file.close()
        return services.read_import(source)

    def put_in(self, *tables: Any, **wishes: Any) -> Import:
        """Read, confirm and write."""
        source = self.read(*tables, **wishes)
        services.confirm_import(source, reason="试")
        services.apply_import(source)
        return source

    def counts(self, source: Import) -> dict[str, int]:
        return totals(ImportSheet.objects.filter(file__source=source))

    def codes(self, source: Import) -> list[str]:
        """The codes of all refusals, in the order of the rows."""
        rows = StagedRow.objects.filter(source=source).order_by("sheet_id", "number")
        return [problem["code"] for row in rows for problem in row.problems]

    def notes(self, source: Import) -> list[str]:
        rows = StagedRow.objects.filter(source=source).order_by("sheet_id", "number")
        return [note["code"] for row in rows for note in row.notes]
