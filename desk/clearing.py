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
from core import secrets
from core.changes import change
from core.clock import calendar_day, forget_installation
from core.models import Installation, RowHistory, StoredFile
from households.generation.writing import is_owner

# Every table of these apps, and these tables of others; areas and standards stay.
_WHOLE_APPS = ("households", "exchange", "accounts")
_TABLES = (
    "villages_villageyear",
    "standards_assessment",
    "standards_dirtyvillage",
    "standards_doubt",
    "standards_householdresult",
    "standards_householdresulthistory",
    "standards_householdtrialresult",
    "standards_villageresult",
    "standards_villageresulthistory",
    "standards_villagetrialresult",
    "core_job",
    "core_storedfile",
    "django_session",
)


def cleared_tables() -> list[str]:
    """The tables that are empty afterwards."""
    whole = [
        model._meta.db_table
        for app in _WHOLE_APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.managed
    ]
    return sorted({*whole, *_TABLES})


def clear_demonstration() -> None:
    """Empty a demonstration as the owner of its tables; a real register is refused."""
    row = Installation.objects.first()
    if row is None or not row.demonstration:
        raise ValidationError(_("This database is no demonstration: nothing was cleared."))
    if is_owner():
        _clear()
    else:
        _clear_in_own_process()
    forget_installation()


def _clear() -> None:
    tables = cleared_tables()
    files = list(StoredFile.objects.values_list("name", flat=True))
    with change("demonstration.cleared"), connection.cursor() as cursor:
        names = ", ".join(map(connection.ops.quote_name, tables))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
        cursor.execute("SET LOCAL core.row_images = 'off'")
        cursor.execute("DELETE FROM core_secret WHERE field <> %s", [secrets.CANARY_FIELD])
        groups = Area.objects.filter(level=Level.GROUP)
        _forget(RowHistory.objects.filter(table="areas_area", row_id__in=groups.values("pk")))
        _forget(RowHistory.objects.filter(table__in=tables).exclude(operation="T"))
        groups.delete()
        cursor.execute("SET LOCAL core.row_images = ''")
        Installation.objects.filter(pk=1).update(demonstration=False, first_started_on=calendar_day())
        transaction.on_commit(lambda: _erase(files))


def _forget(rows: Iterable) -> None:
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]


def _erase(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _clear_in_own_process() -> None:
    """The application may not delete facts: the command does it with the owner's address."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "clear_demonstration", "--yes"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise ValidationError(
            _("The demonstration was not cleared: %(reason)s") % {"reason": done.stderr.strip()}
        )
