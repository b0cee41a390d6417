from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.jobs import job_kind
from core.models import Job
from desk.clearing import clear_demonstration


@job_kind("desk.clear_demonstration", right="clear_demonstration", title=_("Clear the demonstration"))
def clear(job: Job) -> None:
    """Empty the demonstration. The row of this job goes with it. Argument: reason."""
    user = User.objects.get(pk=job.user_id or 0)
    clear_demonstration(reason=job.arguments["reason"], asked_by=f"{user.name}（{user.username}）")
