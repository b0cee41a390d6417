"""What waits for a person, computed when asked: each matter with a number, a sentence and the next click."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.dormancy import closing_soon
from accounts.models import SignInAttempts, User
from core.models import Heartbeat, Job, SealCheck
from dashboards.queries.matters import HOT, Matter, pressing_first
from dashboards.queries.refused import open_refused
from exchange.models import Import
from standards.models import DirtyVillage, Doubt, Subject
from standards.register import results
from standards.scope import year_asked, years_known
from villages.models import Village

RECENTLY = timedelta(days=7)
# Marked villages are judged each half minute; longer means that nobody works.
LATE_JUDGING = timedelta(minutes=10)


def waiting_for(user: Any) -> list[Matter]:
    """Everything that waits for `user`, what presses first; a few short queries."""
    found = [matter for right, look in LOOKS if user.may(right) for matter in look(user) if matter.count]
    return pressing_first({matter.code: matter for matter in found}.values())


# --- Workbooks ----------------------------------------------------------------------------------
def _own_imports(user: Any) -> QuerySet[Import]:
    return Import.objects.visible_to(user).filter(user_id=user.pk)


def imports_to_confirm(user: Any) -> Iterator[Matter]:
    keys = list(_own_imports(user).filter(state=Import.State.COMPARED).values_list("pk", flat=True)[:100])
    yield Matter(
        code="confirm",
        count=len(keys),
        unit=_("imports"),
        title=_("Workbooks of yours wait for confirmation"),
        detail=_("Nothing of them stands in the register until you have them written."),
        action=_("Look and confirm"),
        address=_import_address(keys),
        tone=HOT,
    )


def refused_rows(user: Any) -> Iterator[Matter]:
    by_import = open_refused(user)
    yield Matter(
        code="refused",
        count=sum(by_import.values()),
        unit=_("rows"),
        title=_("Refused rows are still open"),
        detail=_("Correct them in the annotated workbook and hand it in again."),
        action=_("See the rows"),
        address=_import_address(list(by_import)),
    )


def _import_address(keys: list[int]) -> str:
    return reverse("exchange:import", args=keys) if len(keys) == 1 else reverse("exchange:imports")


# --- Jobs, judging ------------------------------------------------------------------------------
def failed_jobs(user: Any) -> Iterator[Matter]:
    rows = Job.objects.visible_to(user).filter(
        state=Job.State.FAILED, finished_at__gte=timezone.now() - RECENTLY
    )
    whole = user.may("manage_system")
    keys = list((rows if whole else rows.filter(user_id=user.pk)).values_list("pk", flat=True)[:100])
    yield Matter(
        code="jobs",
        count=len(keys),
        unit=_("jobs"),
        title=_("Jobs failed within the last week") if whole else _("Jobs of yours failed"),
        detail=_("Each job says why, and what to do."),
        action=_("See why"),
        address=reverse("core:job", args=keys)
        if len(keys) == 1
        else reverse("core:jobs") + "?state=" + Job.State.FAILED,
        tone=HOT,
    )


def late_tasks(user: Any) -> Iterator[Matter]:
    yield Matter(
        code="timetable",
        count=Heartbeat.objects.filter(failures__gt=0).count(),
        unit=_("tasks"),
        title=_("Tasks of the timetable failed"),
        detail=_("They are tried again at their next time."),
        action=_("See the timetable"),
        address=reverse("core:timetable"),
        tone=HOT,
    )


def villages_to_judge(user: Any) -> Iterator[Matter]:
    late = DirtyVillage.objects.filter(
        since__lt=timezone.now() - LATE_JUDGING,
        village__in=Village.objects.visible_to(user).order_by().values("pk"),
    )
    yield Matter(
        code="judge",
        count=late.count(),
        unit=_("villages"),
        title=_("Villages wait longer than usual to be judged"),
        detail=_("Their facts changed more than ten minutes ago; ask the system administrator."),
        action=_("See the jobs"),
        address=reverse("core:jobs"),
    )


# --- Households ---------------------------------------------------------------------------------
def households_in_doubt(user: Any) -> Iterator[Matter]:
    doubted = Doubt.objects.filter(subject=Subject.HOUSEHOLD, closed_at=None)
    if not doubted.exists():
        return
    year = year_asked(None, years_known(user))
    mine = results(user, year).filter(
        doubts__gt=0, household__in=doubted.filter(year=year).values("subject_id")
    )
    yield Matter(
        code="doubts",
        count=mine.count(),
        unit=_("households"),
        title=_("Households are in doubt"),
        detail=_("The value stands until somebody has checked it."),
        action=_("See the households"),
        address=f"{reverse('desk:household-list')}?year={year}&doubt=1",
    )


# --- Accounts -----------------------------------------------------------------------------------
def accounts_to_close(_user: Any) -> Iterator[Matter]:
    yield Matter(
        code="dormant",
        count=closing_soon(User.objects.all()).count(),
        unit=_("accounts"),
        title=_("Accounts are closed soon because nobody uses them"),
        detail=_("Who still needs one signs in once; the others close by themselves."),
        action=_("See the accounts"),
        address=reverse("accounts:user-list"),
    )


def locked_names(_user: Any) -> Iterator[Matter]:
    yield Matter(
        code="locked",
        count=SignInAttempts.objects.filter(locked_until__gt=timezone.now()).count(),
        unit=_("names"),
        title=_("User names are locked after wrong passwords"),
        detail=_("They open by themselves after 15 minutes. If it was not the person, ask them."),
        action=_("See the accounts"),
        address=reverse("accounts:user-list"),
    )


def broken_seals(_user: Any) -> Iterator[Matter]:
    last = SealCheck.objects.order_by("-at").first()
    yield Matter(
        code="seals",
        count=0 if last is None or last.is_whole else 1,
        unit=_("faults"),
        title=_("The seals over the audit do not match"),
        detail=_("Rows were changed outside the system. Keep the database as it is and find out who did it."),
        action=_("See the audit"),
        address=reverse("desk:audit"),
        tone=HOT,
    )


LOOKS: tuple[tuple[str, Callable[[Any], Iterator[Matter]]], ...] = (
    ("confirm_import", imports_to_confirm),
    ("view_jobs", failed_jobs),
    ("view_timetable", late_tasks),
    ("import_workbooks", refused_rows),
    ("change_households", households_in_doubt),
    ("run_assessments", villages_to_judge),
    ("manage_accounts", accounts_to_close),
    ("manage_accounts", locked_names),
    ("view_audit", broken_seals),
)
