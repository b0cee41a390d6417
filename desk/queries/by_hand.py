"""The items of a standard that a person judges, with what was said and the form to say it."""

from dataclasses import dataclass
from typing import Any

from core.clock import today
from desk.forms import JudgementForm
from households.models import Household
from standards.by_hand import Row, hand_items, judgements_of
from standards.models import Criterion, StandardVersion
from villages.models import Village


@dataclass(frozen=True)
class HandItem:
    """One item judged by hand: its clause, the judgement that stands, the form."""

    criterion: Criterion
    judgement: Row | None
    # None on a page of an earlier day.
    form: JudgementForm | None

    @property
    def title(self) -> str:
        return self.criterion.indicator.name

    @property
    def outcome(self) -> str:
        met = self.judgement.met if self.judgement else None
        return "no_data" if met is None else "met" if met else "not_met"


def version_judged_by(page: Any, subject: str, code: str) -> StandardVersion | None:
    """By which version the page's year was judged, else the one in force."""
    if page.explanation is not None:
        return page.explanation.version
    if not page.years:
        return None
    return StandardVersion.objects.in_force(subject, code, page.year)


def items_shown(
    subject: Household | Village,
    version: StandardVersion | None,
    year: int,
    said: JudgementForm | None = None,
) -> list[HandItem]:
    """Every item of the version that is judged by hand; `said` is the form that was sent and refused."""
    items = hand_items(version) if version else []
    standing = judgements_of(subject, version, year) if version and items else {}
    return [
        HandItem(
            criterion, standing.get(criterion.item), _form(criterion, standing.get(criterion.item), said)
        )
        for criterion in items
    ]


def _form(criterion: Criterion, row: Row | None, said: JudgementForm | None) -> JudgementForm:
    if said is not None and said.item == criterion.item:
        return said
    initial = {
        "met": row.met if row else None,
        "note": row.note if row else "",
        "judged_on": row.judged_on if row else today(),
        "seen": row.version if row else 0,
    }
    return JudgementForm(item=criterion.item, initial=initial)
