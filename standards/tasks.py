from celery import shared_task
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.clock import today
from core.jobs import job_kind
from core.models import Job
from standards import interrupted, services
from standards.models import StandardVersion
from standards.tallies import refresh_tallies


@shared_task
def judge_dirty_villages():
    """Judge the villages whose facts changed, and count those anew that pages add up."""
    changed = services.judge_dirty_villages()
    refresh_tallies()
    return changed


@shared_task
def fail_interrupted():
    """Mark the runs failed whose process was killed."""
    return interrupted.fail_interrupted()


@shared_task(soft_time_limit=3000, time_limit=3300)
def evaluate_all_counties():
    """Judge every county again, this year and last year's until it is closed."""
    changed = 0
    for county in services.counties():
        for year in services.open_years_of(county, today().year):
            assessments = services.judge_area(county, year)
            changed += sum(assessment.changed for assessment in assessments.values())
    return changed


def _page(job: Job) -> str:
    """The household run that the job made; the list of runs if it made none."""
    made = (job.result or {}).get("assessments", [])
    return reverse("standards:assessment", args=[made[0]]) if made else reverse("standards:assessments")


@job_kind("standards.assess", right="run_assessments", title=_("Judge an area"), page=_page)
def assess(job: Job) -> None:
    """Judge one area for one year, or try another version on it. Arguments: area, year, version."""
    area = Area.objects.get(pk=job.arguments["area"])
    year = int(job.arguments["year"])
    user = User.objects.filter(pk=job.user_id or 0).first()
    version = StandardVersion.objects.filter(pk=job.arguments.get("version")).first()
    job.progress(0, 1, area.name)
    try:
        assessments = services.judge_area(area, year, user=user, version=version, trial=version is not None)
    except ValidationError as error:
        raise ValidationError(" ".join(error.messages)) from error
    job.result = {
        "assessments": [assessment.pk for assessment in assessments.values()],
        "changed": sum(assessment.changed for assessment in assessments.values()),
    }
    job.progress(1, 1, area.name)
