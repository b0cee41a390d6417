"""The daily digest: one notice each morning for everybody for whom something waits."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from core.clock import today
from core.notices import tell_digest
from dashboards.queries.matters import HOT
from dashboards.queries.waiting import waiting_for

WORDS = gettext_noop("%(count)s matters waited for you on the morning of %(day)s, %(urgent)s of them urgent.")


def send_digests() -> int:
    """Tell everybody once a day in one sentence; return how many were told now. Safe to repeat."""
    day = today()
    people = User.objects.filter(is_active=True, groups__isnull=False).distinct().prefetch_related("groups")
    told = 0
    for user in people.order_by("pk").iterator(chunk_size=200):
        matters = waiting_for(user)
        if not matters:
            continue
        values = {
            "count": len(matters),
            "urgent": sum(matter.tone == HOT for matter in matters),
            "day": day.isoformat(),
        }
        told += tell_digest(user, day=day, words=WORDS, values=values, address=reverse("dashboards:inbox"))
    return told
