"""Jobs of imports: a person starts them and sees their progress."""

import tempfile
from pathlib import Path
from typing import Any

from celery import shared_task
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.files import plain_path, store
from core.jobs import job_kind
from core.models import Job
from exchange import services
from exchange.applying import RegisterChanged
from exchange.choosing import leave_out_jumps
from exchange.marking import has_marks, write_marked
from exchange.models import Import, ImportFile
from exchange.rosters import jobs as roster_jobs  # noqa: F401 - registers its kinds of jobs

MARKED_DAYS = 1


@shared_task(ignore_result=True)
def forget_ended() -> int:
    """Delete the staged rows of imports that ended long ago."""
    return services.forget_ended()


def _page(job: Job) -> str:
    return reverse("exchange:import", args=[job.arguments["import"]])


def _source(job: Job) -> Import:
    return Import.objects.select_related("county").get(pk=job.arguments["import"])


def _user(job: Job) -> Any:
    return get_user_model().objects.filter(pk=job.user_id or 0).first()


@job_kind("exchange.read", right="import_workbooks", title=_("Check workbooks"), page=_page)
def read(job: Job) -> None:
    """Read and compare an import, then make the workbooks that go back."""
    source = _source(job)
    if source.state not in (Import.State.UPLOADED, Import.State.READING):
        return
    try:
        services.read_import(source, progress=job.progress)
        leave_out_jumps(source)
        for file in source.files.prefetch_related("sheets"):
            if has_marks(file):
                keep_marked(file, _user(job))
    except ValidationError as error:
        services.fail_import(source, " ".join(error.messages))
        raise


@job_kind("exchange.apply", right="confirm_import", title=_("Write an import"), page=_page)
def apply(job: Job) -> None:
    """Write a confirmed import and judge its area."""
    source = _source(job)
    if source.state == Import.State.COMPARED:
        return
    try:
        services.apply_import(source, user=_user(job), progress=job.progress)
    except RegisterChanged:
        return
    except ValidationError as error:
        services.fail_import(source, " ".join(error.messages))
        raise


@job_kind("exchange.mark", right="import_workbooks", title=_("Make the annotated workbook"), page=_page)
def mark(job: Job) -> None:
    file = ImportFile.objects.select_related("stored", "source").get(pk=job.arguments["file"])
    keep_marked(file, _user(job))


def keep_marked(file: ImportFile, user: Any) -> None:
    """Make the marked workbook of a file and keep it for a day, for the person who uploaded it."""
    if file.stored is None or file.problem:
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marked.xlsx"
        with plain_path(file.stored, suffix=Path(file.name).suffix) as original:
            write_marked(file, original, target)
        with target.open("rb") as content:
            file.marked = store(
                content,
                kind="marked",
                user=user,
                original_name=f"{Path(file.name).stem}-{_('marked')}.xlsx",
                area_prefix=file.source.area_prefix,
                keep_days=MARKED_DAYS,
            )
    file.save(update_fields=["marked"])
