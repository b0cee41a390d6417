"""Jobs of rosters: hashing a thousand first passwords takes a minute, and a person waits for it."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.jobs import job_kind
from core.models import Job
from exchange.rosters import services
from exchange.rosters.models import Roster


def _page(job: Job) -> str:
    return reverse("exchange:roster", args=[job.arguments["roster"]])


def _do(job: Job, work: Callable[[Roster, User, Job], None]) -> None:
    roster = Roster.objects.select_related("stored", "passwords").get(pk=job.arguments["roster"])
    work(roster, User.objects.get(pk=job.user_id or 0), job)


@job_kind("rosters.users", right="manage_accounts", title=_("Open accounts by workbook"), page=_page)
def open_users(job: Job) -> None:
    _do(job, services.write_users)


@job_kind(
    "rosters.units", right="manage_organisations", title=_("Write organisations by workbook"), page=_page
)
def write_units(job: Job) -> None:
    _do(job, services.write_units)


@job_kind("rosters.renew", right="manage_accounts", title=_("Give new first passwords"), page=_page)
def renew(job: Job) -> None:
    _do(job, services.renew_passwords)
