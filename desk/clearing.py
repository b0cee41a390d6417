"""Clear the demonstration: remove everybody invented, keep areas and standards."""

import subprocess
import sys
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core import sealing, secrets
from core.changes import change
from core.clock import calendar_day, forget_installation
from core.models import Installation, RowHistory, StoredFile
from households.generation.writing import is_owner

# What stays: areas with their villages, standards, roles, and the record of what was done. Every other
# table is emptied, also one that is made later.
_KEPT_APPS = {"areas", "auth", "contenttypes"}
_KEPT = {
    "core_change",
    "core_heartbeat",
    "core_installation",
    "core_rowhistory",
    "core_secret",
    "standards_criterion",
    "standards_indicator",
    "standards_standardversion",
    "villages_village",
}
_PATIENCE_SECONDS = 300


def cleared_tables() -> list[str]:
    """The tables that are empty afterwards."""
    models = apps.get_models(include_auto_created=True)
    tables = {
        model._meta.db_table
        for model in models
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in _KEPT_APPS
    }
    return sorted(tables - _KEPT)


def can_clear() -> bool:
    """Whether this process reaches the owner of the tables; without it only a command can clear."""
    return bool(settings.DATABASE_OWNER_URL) or is_owner()


def clear_demonstration(*, reason: str = "", asked_by: str = "") -> None:
    """Empty a demonstration as the owner of its tables; a real register is refused.

    ValidationError says why nothing was cleared. Safe to start again: all is one transaction.
    """
    _refuse_real(Installation.objects.first())
    if is_owner():
        _clear(reason, asked_by)
    elif can_clear():
        _clear_in_own_process(reason, asked_by)
    else:
        raise ValidationError(by_hand())
    forget_installation()


def by_hand() -> str:
    """What to run when this process does not reach the owner of the tables."""
    return _(
        "This system does not know the owner of the tables (DATABASE_OWNER_URL), so the page cannot"
        " clear. Please have this run on the server: manage.py clear_demonstration --yes"
    )


def _refuse_real(row: Installation | None) -> None:
    if row is None or not row.demonstration:
        raise ValidationError(_("This database is no demonstration: nothing was cleared."))


def _clear(reason: str, asked_by: str) -> None:
    tables = cleared_tables()
    # The account of whoever asked goes as well: its name stands in the record, not its key.
    with change("demonstration.cleared", reason=reason, evidence=asked_by), connection.cursor() as cursor:
        # A second run waits here and then finds no demonstration any more.
        _refuse_real(Installation.objects.select_for_update().first())
        files = list(StoredFile.objects.values_list("name", flat=True))
        names = ", ".join(map(connection.ops.quote_name, tables))
        # Keys go on: a key that still stands in the record never names somebody new.
        cursor.execute(f"TRUNCATE {names}")
        cursor.execute("SET LOCAL core.row_images = 'off'")
        cursor.execute("DELETE FROM core_secret WHERE field <> %s", [secrets.CANARY_FIELD])
        groups = Area.objects.filter(level=Level.GROUP)
        _forget(RowHistory.objects.filter(table="areas_area", row_id__in=groups.values("pk")))
        _forget(RowHistory.objects.filter(table__in=tables).exclude(operation="T"))
        groups.delete()
        cursor.execute("SET LOCAL core.row_images = ''")
        Installation.objects.filter(pk=1).update(demonstration=False, first_started_on=calendar_day())
        transaction.on_commit(lambda: _erase(files))
        transaction.on_commit(lambda: sealing.note_restart("demonstration cleared", 0))


def _forget(rows: Iterable) -> None:
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def _erase(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _clear_in_own_process(reason: str, asked_by: str) -> None:
    """The application may not delete facts: the command does it with the owner's address."""
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "clear_demonstration", "--yes"]
    words += [f"--reason={reason}", f"--asked-by={asked_by}"]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
        )
    except subprocess.TimeoutExpired as error:
        raise ValidationError(
            _("Other work holds the tables: nothing was cleared. Please wait for it to end and start again.")
        ) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ValidationError(
            _("The demonstration was not cleared: %(reason)s") % {"reason": said[-1] if said else ""}
        )
