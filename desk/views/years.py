"""Open a new year of a county, close one, open a closed one again."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from core import jobs
from core.htmx import UNPROCESSABLE
from desk.queries.years import CountyYears, YearLine, counties_held, years_of
from desk.year_forms import YearForm


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def years(request: SignedInRequest) -> HttpResponse:
    """All years; with `do`, `county` and `year` the question before one of them is changed."""
    held = [years_of(county) for county in counties_held(request.user)]
    asked = request.POST if request.method == "POST" else request.GET
    if "do" not in asked:
        return render(request, "desk/years.html", {"held": held})
    county, line = _named(held, asked.get("county", ""), asked.get("year", ""))
    action = asked["do"]
    form = YearForm(request, action, line, request.POST if request.method == "POST" else None)
    if form.is_valid():
        arguments = {
            "action": action,
            "county": county.county.pk,
            "year": line.year,
            "reason": form.cleaned_data["reason"],
        }
        with transaction.atomic():
            job = jobs.enqueue(
                "desk.year", user=request.user, arguments=arguments, area_prefix=county.county.prefix
            )
        return redirect("core:job", pk=job.pk)
    context = {"form": form, "county": county.county, "line": line, "action": action}
    return render(request, "desk/year_change.html", context, status=UNPROCESSABLE if form.errors else 200)


def _named(held: list[CountyYears], code: str, year: str) -> tuple[CountyYears, YearLine]:
    """The county and year of the address; Http404 when the person does not hold it."""
    for county in held:
        for line in county.lines:
            if (county.county.code, str(line.year)) == (code, year):
                return county, line
    raise Http404
