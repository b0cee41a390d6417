"""Items whose fact is not kept: a person judges them, with evidence and a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.changes import change
from core.clock import today
from core.versions import StaleVersion, save_versioned
from households.models import Household
from standards.measures.base import Hand
from standards.models import Criterion, HouseholdJudgement, StandardVersion, VillageJudgement
from standards.services import judge_households, judge_saved
from villages.models import Village
from villages.years import YearClosed, refuse_closed

Subject = Household | Village
Row = HouseholdJudgement | VillageJudgement


@dataclass(frozen=True)
class Answer:
    """What the person says: met, not met or (None) taken back; on what it rests; of which day."""

    met: bool | None
    note: str
    judged_on: date


def hand_items(version: StandardVersion) -> list[Criterion]:
    """The criteria of this version that a person judges."""
    return [criterion for criterion in version.criterion_list() if criterion.measure == Hand.code]


def judgements_of(subject: Subject, version: StandardVersion, year: int) -> dict[str, Row]:
    """What was judged of the subject in the year under this standard, by item."""
    return {row.item: row for row in _rows(subject).filter(year=year, standard=version.code)}


def _rows(subject: Subject) -> Any:
    if isinstance(subject, Household):
        return HouseholdJudgement.objects.filter(household=subject)
    return VillageJudgement.objects.filter(village=subject)


def judge_by_hand(
    subject: Subject, criterion: Criterion, year: int, answer: Answer, *, seen: int, user: Any
) -> bool:
    """Write one judgement and have the subject judged again; return whether anything differed.

    `seen` is the version of the judgement that the person saw, 0 for none. ValidationError when it
    cannot stand, StaleVersion when somebody judged the item meanwhile.
    """
    _refuse(subject, year, answer)
    home = isinstance(subject, Household)
    area = subject.village.area if isinstance(subject, Household) else subject.area
    named = subject.number if isinstance(subject, Household) else area.code
    why = {"user": user, "evidence": answer.note}
    with change("hand.judged", **why, county=area.county_number, area=area.code, subject=named):
        if not _write(subject, criterion, year, answer, seen=seen, user=user):
            return False
        if home:
            judge_households([subject.pk], year)
        else:
            judge_saved([], [subject.pk], year)
    return True


def _refuse(subject: Subject, year: int, answer: Answer) -> None:
    facts = subject.years.filter(year=year).first()
    if facts is None:
        raise ValidationError(_("No year %(year)d was opened here.") % {"year": year})
    if getattr(facts, "closed", False):
        raise YearClosed(year)
    refuse_closed(facts.county, [year])
    if answer.judged_on > today():
        raise ValidationError({"judged_on": _("This day lies ahead. Write the day of the judgement.")})


def _write(
    subject: Subject, criterion: Criterion, year: int, answer: Answer, *, seen: int, user: Any
) -> bool:
    values = {
        "met": answer.met,
        "note": answer.note,
        "judged_on": answer.judged_on,
        "judged_by": user.pk,
        "judged_by_name": user.name,
    }
    named = {"year": year, "standard": criterion.indicator.version.code, "item": criterion.item}
    rows = _rows(subject).filter(**named)
    row = rows.first()
    if row is not None:
        said = (row.met, row.note, row.judged_on) == (answer.met, answer.note, answer.judged_on)
        return not said and save_versioned(row, values, version=seen)
    fresh: Any = HouseholdJudgement() if isinstance(subject, Household) else VillageJudgement()
    for name, value in {**named, **values, str(subject._meta.model_name): subject}.items():
        setattr(fresh, name, value)
    fresh.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        raise StaleVersion(rows.get()) from None
    return True
