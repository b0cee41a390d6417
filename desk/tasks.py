from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.jobs import job_kind
from core.models import Job
from desk.clearing import clear_demonstration
from standards.services import NoStandard, judge_area
from standards.years import close_year, open_year, reopen_year
from villages.models import CountyYear


@job_kind("desk.clear_demonstration", right="clear_demonstration", title=_("Clear the demonstration"))
def clear(job: Job) -> None:
    """Empty the demonstration. The row of this job goes with it. Argument: reason."""
    user = User.objects.get(pk=job.user_id or 0)
    clear_demonstration(reason=job.arguments["reason"], asked_by=f"{user.name}（{user.username}）")


@job_kind(
    "desk.year", right="manage_years", title=_("Open or close a year"), page=lambda job: reverse("desk:years")
)
def change_year(job: Job) -> None:
    """Open, close or reopen one year of a county. Arguments: action, county (key), year, reason."""
    county = Area.objects.get(pk=job.arguments["county"])
    action, year = job.arguments["action"], int(job.arguments["year"])
    why = {"user": User.objects.filter(pk=job.user_id or 0).first(), "reason": job.arguments["reason"]}
    job.progress(0, 2, _now("Writing"))
    # A worker that died after it had written is repeated: only the judging is left to do.
    if job.attempts == 1 or not _done(action, county, year):
        {"open": open_year, "close": close_year, "reopen": reopen_year}[action](county, year, **why)
    if action == "open":
        job.progress(1, 2, _now("Judging"))
        try:
            judge_area(county, year, user=why["user"])
        except NoStandard as error:
            job.result = {"remark": " ".join(error.messages)}
    job.progress(2, 2, county.name)


def _done(action: str, county: Area, year: int) -> bool:
    row = CountyYear.objects.filter(county=county.county_number, year=year).first()
    if row is None:
        return False
    return {"open": row.opened_at, "close": row.closed_at, "reopen": not row.closed_at}[action] not in (
        None,
        False,
    )
