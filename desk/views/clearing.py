from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.demonstration import is_demonstration
from accounts.models import User
from accounts.requests import SignedInRequest
from areas.models import Area, Level
from core import jobs
from core.htmx import UNPROCESSABLE
from desk.clearing import by_hand, can_clear
from desk.forms import ClearForm
from households.models import Household, Person


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def clear_demonstration(request: SignedInRequest) -> HttpResponse:
    """Ask once more, then write down the job that empties the demonstration."""
    if not is_demonstration():
        messages.error(request, _("This database is no demonstration: nothing was cleared."))
        return redirect("exchange:imports")
    user = request.user
    county = _county_of(user)
    possible = can_clear()
    form = ClearForm(request.POST or None, user=user, county=county)
    if possible and request.method == "POST" and form.is_valid():
        with transaction.atomic():
            job = jobs.enqueue(
                "desk.clear_demonstration",
                user=user,
                arguments={"reason": form.cleaned_data["reason"]},
                area_prefix=county.prefix,
            )
        return redirect("core:job", pk=job.pk)
    context = {
        "form": form,
        "county": county,
        "households": Household.objects.count(),
        "persons": Person.objects.count(),
        "accounts": User.objects.count(),
        "by_hand": "" if possible else by_hand(),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/clear_demonstration.html", context, status=status)


def _county_of(user: User) -> Area:
    """The county whose name is typed: the one of the person's grant."""
    for prefix in user.area_prefixes():
        found = Area.objects.valid().within(prefix[:6]).filter(level=Level.COUNTY).first()
        if found is not None:
            return found
    raise Http404
