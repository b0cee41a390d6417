"""The way of an import: uploaded → read → compared → confirmed → applied → judged."""

import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.changes import change
from core.files import plain_path, store
from core.models import Change
from exchange import choosing
from exchange.applying import WRITING, RegisterChanged, Writer
from exchange.comparing import compare, count_rows
from exchange.models import Import, ImportFile, ImportSheet, StagedRow
from exchange.places import VillageResolver
from exchange.reading.workbook import Reading
from exchange.resolving import find_again, resolve
from exchange.staging import stage_file
from standards.services import NoStandard, judge_area
from villages.years import refuse_closed

State = Import.State
KEEP_DAYS = 30
# Files opened before their turn, while the one before is staged.
AHEAD = 1
Progress = Any


class NothingToApply(ValidationError):
    """No row of the import may be written."""


def county_of(area: Area) -> Area:
    """The county that an area lies in."""
    return Area.objects.valid().get(level=Level.COUNTY, code=area.code[:6] + "000000")


def start_import(
    files: Iterable[tuple[str, IO[bytes]]],
    *,
    area: Area,
    year: int,
    user: Any = None,
    erase_on_empty: bool = False,
    all_or_nothing: bool = False,
) -> Import:
    """Keep the workbooks, encrypted, and open an import for an area inside one county."""
    with transaction.atomic():
        source = Import.objects.create(
            county=county_of(area),
            area_prefix=area.prefix,
            year=year,
            user_id=getattr(user, "pk", None),
            user_name=str(getattr(user, "name", "") or getattr(user, "username", "") or ""),
            erase_on_empty=erase_on_empty,
            all_or_nothing=all_or_nothing,
        )
        with _said(source, "uploaded", user):
            for position, (name, content) in enumerate(files):
                stored = store(
                    content,
                    kind="import",
                    user=user,
                    original_name=name,
                    area_prefix=area.prefix,
                    keep_days=KEEP_DAYS,
                )
                ImportFile.objects.create(
                    source=source, name=name[:255], position=position, stored=stored, size=stored.size
                )
    return source


def _said(source: Import, step: str, user: Any) -> AbstractContextManager[Change]:
    """The change of a step that writes nothing into the register: an operation all the same."""
    county, area = source.county.county_number, source.area_prefix
    return change(f"import.{step}", user=user, county=county, area=area, subject=str(source.pk))


def read_import(source: Import, *, progress: Progress = None) -> Import:
    """Read the files into staged rows and compare them with the register. Safe to repeat."""
    begun = time.monotonic()
    _move(source, (State.UPLOADED, State.READING), State.READING)
    StagedRow.objects.filter(source=source).delete()
    ImportSheet.objects.filter(file__source=source).delete()
    resolver = VillageResolver(source.county, source.prefixes)
    files = list(source.files.select_related("stored"))
    rows = 0
    for position, (file, reading) in enumerate(_in_turn(files)):
        file.source = source
        if progress:
            progress(position, len(files) + 1, file.name)
        rows += stage_file(file, reading, resolver)
    if progress:
        progress(len(files), len(files) + 1, _("Comparing %(rows)s rows with the register") % {"rows": rows})
    with transaction.atomic():
        resolve(source)
        compare(source)
        count_rows(source)
        source.seconds, source.compared_at = time.monotonic() - begun, timezone.now()
        source.save(update_fields=["seconds", "compared_at"])
        _move(source, (State.READING,), State.COMPARED)
    return source


def _in_turn(files: list[ImportFile]) -> Iterator[tuple[ImportFile, Reading]]:
    """Each file with its reading; the next one is opened while this one is staged."""
    begun: deque[tuple[ImportFile, Reading, ExitStack]] = deque()
    with ExitStack() as everything:
        for file in files:
            if file.stored is None:
                raise ValueError(f"{file.name} is no longer stored.")
            stack = everything.enter_context(ExitStack())
            path = stack.enter_context(plain_path(file.stored, suffix=Path(file.name).suffix))
            begun.append((file, stack.enter_context(Reading(path)), stack))
            if len(begun) > AHEAD:
                yield from _first(begun)
        while begun:
            yield from _first(begun)


def _first(begun: deque[tuple[ImportFile, Reading, ExitStack]]) -> Iterator[tuple[ImportFile, Reading]]:
    file, reading, stack = begun.popleft()
    with stack:
        yield file, reading


def confirm_import(source: Import, *, user: Any = None, reason: str = "") -> None:
    """A person has looked and wants it written."""
    check_may_apply(source)
    with transaction.atomic():
        Import.objects.filter(pk=source.pk).update(reason=reason[:500])
        source.reason = reason[:500]
        _move(source, (State.COMPARED,), State.CONFIRMED)


def check_may_apply(source: Import) -> None:
    """Raise NothingToApply, in words, when nothing of the import may be written."""
    refuse_closed_rows(source)
    rows = StagedRow.objects.filter(source=source)
    if not rows.exclude(state=StagedRow.State.REFUSED).exists():
        raise NothingToApply(_("No row of these workbooks can be written."))
    refused = rows.filter(state=StagedRow.State.REFUSED).count()
    if source.all_or_nothing and refused:
        message = _("%(count)s rows were refused and the import was asked to be all or nothing.")
        raise NothingToApply(message % {"count": refused})


def refuse_closed_rows(source: Import) -> None:
    """Raise YearClosed when the import would write facts of a closed year, its own or a row's."""
    written = StagedRow.objects.filter(source=source, state__in=WRITING)
    years = written.order_by().values_list("year", flat=True).distinct()
    refuse_closed(source.county.county_number, {source.year, *filter(None, years)})


def apply_import(source: Import, *, user: Any = None, progress: Progress = None) -> Import:
    """Write a confirmed import in one transaction, then judge its area. Safe to repeat."""
    source.refresh_from_db()
    if source.state != State.APPLIED:
        _move(source, (State.CONFIRMED, State.APPLYING), State.APPLYING)
        if progress:
            progress(0, 2, _("Writing"))
        try:
            _write(source, user)
        except RegisterChanged:
            _show_again(source)
            raise
    if progress:
        progress(1, 2, _("Judging"))
    _judge(source, user)
    return source


def _judge(source: Import, user: Any) -> None:
    """Judge the area of an applied import; where no standard is in force that is a remark, no failure."""
    try:
        judge_area(_area_of(source), source.year, user=user)
    except NoStandard as error:
        source.remark = " ".join(error.messages)
        source.save(update_fields=["remark"])


def _write(source: Import, user: Any) -> None:
    with change(
        "import.applied",
        user=user,
        reason=source.reason,
        source_import=source.pk,
        county=source.county.county_number,
        area=source.area_prefix,
        subject=str(source.pk),
    ):
        refuse_closed_rows(source)
        Writer(source).write()
        source.ended_at = timezone.now()
        source.save(update_fields=["ended_at"])
        _move(source, (State.APPLYING,), State.APPLIED)


def _show_again(source: Import) -> None:
    """The register changed since the preview: compare anew and let the person look again."""
    with transaction.atomic():
        find_again(source)
        compare(source, WRITING)
        count_rows(source)
        source.compared_again += 1
        source.compared_at = timezone.now()
        source.save(update_fields=["compared_again", "compared_at"])
        _move(source, (State.APPLYING,), State.COMPARED)


def abandon_import(source: Import, *, user: Any = None) -> None:
    """Put an import away that was not written; its rows and files go with the retention job."""
    with _said(source, "abandoned", user):
        _move(source, (State.UPLOADED, State.READING, State.COMPARED, State.FAILED), State.ABANDONED)
        Import.objects.filter(pk=source.pk).update(ended_at=timezone.now())


def choose_rows(source: Import, *, shown: Collection[int], taken: Collection[int], user: Any = None) -> None:
    """Take or leave out changed rows, as `exchange.choosing` does, on the record."""
    with _said(source, "chosen", user):
        choosing.choose_rows(source, shown=shown, taken=taken)


def fail_import(source: Import, error: str) -> None:
    Import.objects.filter(pk=source.pk).exclude(state=State.APPLIED).update(
        state=State.FAILED, error=error, ended_at=timezone.now()
    )
    source.refresh_from_db()


def forget_ended(days: int = KEEP_DAYS) -> int:
    """Delete the staged rows of imports that ended long ago; return how many."""
    limit = timezone.now() - timedelta(days=days)
    deleted, _by_model = StagedRow.objects.filter(source__ended_at__lt=limit).delete()
    return deleted


def change_of(source: Import) -> Change | None:
    """The Change under which an import was written."""
    return Change.objects.filter(source_import=source.pk, kind="import.applied").first()


def _area_of(source: Import) -> Area:
    return Area.objects.valid().get(code=source.area_prefix.ljust(12, "0"))


def _move(source: Import, before: tuple[str, ...], after: str) -> None:
    """Compare-and-set of the state; a second worker or a second click finds nothing to do."""
    if not Import.objects.filter(pk=source.pk, state__in=before).update(state=after):
        raise ValidationError(_("This import is no longer in the state in which it was shown."))
    source.state = after
