"""Judge an item by hand, for a household or a village."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.htmx import UNPROCESSABLE
from desk.forms import JudgementForm
from desk.queries.by_hand import version_judged_by
from desk.queries.household import household_page
from desk.queries.village import village_page, visible_village
from desk.views.household import household_response, visible_or_404, year_in_address
from desk.views.villages import village_response
from households.models import Household
from standards.by_hand import Answer, hand_items, judge_by_hand
from standards.models import Criterion, StandardVersion, Subject
from villages.models import Village

Refusal = Callable[[JudgementForm], HttpResponse]


@require_POST
def household_judge(request: SignedInRequest, number: str) -> HttpResponse:
    household = visible_or_404(request, number)
    page = household_page(request.user, household, year_in_address(request))
    version = version_judged_by(page, Subject.HOUSEHOLD, household.village.area.code)
    address = reverse("desk:household-detail", args=[household.number])
    return _judge(
        request,
        household,
        page.year,
        version=version,
        address=address,
        refuse=lambda said: household_response(request, household, said),
    )


@require_POST
def village_judge(request: SignedInRequest, code: str) -> HttpResponse:
    village = visible_village(request.user, code) if code.isascii() and code.isdigit() else None
    if village is None:
        raise Http404
    page = village_page(request.user, village, year_in_address(request))
    version = version_judged_by(page, Subject.VILLAGE, village.area.code)
    address = reverse("desk:village-detail", args=[village.area.code])
    return _judge(
        request,
        village,
        page.year,
        version=version,
        address=address,
        refuse=lambda said: village_response(request, village, said),
    )


def _judge(
    request: SignedInRequest,
    subject: Household | Village,
    year: int,
    *,
    version: StandardVersion | None,
    address: str,
    refuse: Refusal,
) -> HttpResponse:
    """Write the judgement and go back to the page, or show the page with what is wrong."""
    back = f"{address}?year={year}#by-hand"
    criterion = _item_asked(request, version)
    if criterion is None:
        messages.error(request, _("The standard of this year has no such item to judge by hand."))
        return redirect(back)
    form = JudgementForm(request.POST, item=criterion.item)
    if form.is_valid() and _written(request, form, subject, criterion, year):
        return redirect(back)
    response = refuse(form)
    response.status_code = UNPROCESSABLE
    return response


def _item_asked(request: HttpRequest, version: StandardVersion | None) -> Criterion | None:
    items = hand_items(version) if version else []
    return next((criterion for criterion in items if criterion.item == request.POST.get("item")), None)


def _written(
    request: SignedInRequest,
    form: JudgementForm,
    subject: Household | Village,
    criterion: Criterion,
    year: int,
) -> bool:
    clean = form.cleaned_data
    answer = Answer(clean["met"], clean["note"], clean["judged_on"])
    try:
        judge_by_hand(subject, criterion, year, answer, seen=clean["seen"], user=request.user)
    except ValidationError as error:
        for name, texts in getattr(error, "message_dict", {None: error.messages}).items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    messages.success(request, _("The judgement is recorded."))
    return True
