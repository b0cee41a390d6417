from contextlib import ExitStack
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.files import plain_path
from exchange import services
from exchange.formats import FORMATS
from exchange.marking import has_marks, write_marked
from exchange.models import Import, ImportFile, ImportSheet
from exchange.reading.words import file_sentence
from exchange.reports import Columns, findings, totals

ENDINGS = (".xlsx", ".xls", ".csv", ".xlsm", ".xlsb", ".et")
ROWS_PRINTED = 20


class Command(BaseCommand):
    help = (
        "Import the workbooks of the register: read, compare with the register, apply, judge. "
        "Exit status 0: nothing was refused; 3: some rows were refused, the rest was applied; "
        "1: failed, nothing was applied."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a workbook or a folder")
        parser.add_argument("--year", type=int, required=True, help="the year that the facts belong to")
        parser.add_argument("--county", default="", help="the code of the county, where there are several")
        parser.add_argument("--dry-run", action="store_true", help="compare and report only, write nothing")
        parser.add_argument(
            "--report", type=Path, help="write the workbooks with marked cells to this folder"
        )
        parser.add_argument("--erase-on-empty", action="store_true", help="an empty cell clears the fact")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="write nothing when a row is refused"
        )

    def handle(self, *args, **options):
        files = workbooks_of(options["paths"])
        county = county_named(options["county"], files)
        source = self._read(files, county, options)
        refused = self._report(source, options["report"])
        if not ImportSheet.objects.filter(file__source=source).exclude(format="").exists():
            services.fail_import(source, _("No workbook was recognised; nothing was written."))
            raise CommandError(source.error)
        if options["dry_run"]:
            services.abandon_import(source)
            self.stdout.write(_("Dry run: nothing was written."))
        else:
            self._apply(source)
        if refused:
            raise SystemExit(3)

    def _read(self, files, county, options) -> Import:
        with ExitStack() as opened:
            contents = [(path.name, opened.enter_context(path.open("rb"))) for path in files]
            source = services.start_import(
                contents,
                area=county,
                year=options["year"],
                erase_on_empty=options["erase_on_empty"],
                all_or_nothing=options["all_or_nothing"],
            )
        return services.read_import(source)

    def _apply(self, source: Import) -> None:
        try:
            services.confirm_import(source, reason=_("Imported by command"))
            services.apply_import(source)
        except ValidationError as error:
            message = " ".join(error.messages)
            services.fail_import(source, message)
            raise CommandError(message) from error
        self.stdout.write(_("Written. %(remark)s") % {"remark": source.remark or _("Judged.")})

    # --- What is printed ----------------------------------------------------------------------
    def _report(self, source: Import, folder: Path | None) -> int:
        """Print what became of each file; write the marked workbooks; return how much was refused."""
        unread = 0
        for file in source.files.prefetch_related("sheets"):
            if file.problem:
                sentence = file_sentence(file.problem, file.problem_params)
                self.stdout.write(_("%(file)s: skipped. %(why)s") % {"file": file.name, "why": sentence})
                unread += file.problem != "nothing_recognised"
                continue
            for sheet in file.sheets.all():
                self._print_sheet(file, sheet)
            if folder is not None and has_marks(file):
                self._write_marked(file, folder)
        counted = totals(ImportSheet.objects.filter(file__source=source))
        self.stdout.write(_("Together: %(counts)s") % {"counts": counts_of(counted)})
        return unread + counted["refused"]

    def _print_sheet(self, file: ImportFile, sheet: ImportSheet) -> None:
        name = f"{file.name} [{sheet.name}]" if sheet.name else file.name
        if not sheet.format:
            why = _("its headings are not known") if sheet.visible else _("the sheet is hidden")
            self.stdout.write(_("%(file)s: sheet skipped, %(why)s.") % {"file": name, "why": why})
            return
        counted = counts_of(totals([sheet]))
        self.stdout.write(f"{name} ({FORMATS[sheet.format].label}): {counted}")
        if sheet.unknown_headings:
            listed = "、".join(sheet.unknown_headings[:10])
            self.stdout.write("  " + _("Unknown columns: %(names)s") % {"names": listed})
        columns = Columns(sheet)
        for row in sheet.rows.filter(state="refused").order_by("number")[:ROWS_PRINTED]:
            for finding in findings(row, columns):
                place = f"{finding.letter}{finding.row} {finding.heading}"
                self.stdout.write(f"  {place} {finding.value}: {finding.sentence} {finding.cure}")

    def _write_marked(self, file: ImportFile, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{Path(file.name).stem}-{_('marked')}.xlsx"
        if file.stored is None:
            raise ValueError(f"{file.name} is no longer stored.")
        with plain_path(file.stored, suffix=Path(file.name).suffix) as original:
            write_marked(file, original, target)
        self.stdout.write("  " + _("Marked workbook: %(path)s") % {"path": target})


def counts_of(counted: dict[str, int]) -> str:
    return (
        _(
            "read %(rows_read)d, new %(new)d, changed %(changed)d, unchanged %(unchanged)d,"
            " refused %(refused)d, warned %(warned)d"
        )
        % counted
    )


def workbooks_of(paths: list[Path]) -> list[Path]:
    """The files named, and the workbooks of the folders named."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(child for child in path.iterdir() if child.suffix.lower() in ENDINGS)
            found += [child for child in inside if child.is_file() and not child.name.startswith((".", "~$"))]
        elif path.is_file():
            found.append(path)
        else:
            raise CommandError(_("There is no file or folder %(path)s.") % {"path": path})
    if not found:
        raise CommandError(_("No workbook was found there."))
    return found


def county_named(code: str, files: list[Path]) -> Area:
    """The county asked for, or the only one there is."""
    counties = Area.objects.valid().filter(level=Level.COUNTY)
    if code:
        county = counties.filter(code=code[:6].ljust(12, "0")).first()
        if county is None:
            raise CommandError(_("There is no county with the code %(code)s.") % {"code": code})
        return county
    listed = list(counties[:20])
    if not listed:
        raise CommandError(_("No divisions are loaded yet; run load_areas first."))
    if len(listed) > 1:
        names = "、".join(f"{county.code[:6]} {county.name}" for county in listed)
        raise CommandError(_("Say which county by --county: %(names)s") % {"names": names})
    return listed[0]
