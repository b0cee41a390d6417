"""Verdicts as they stood at a moment of the past: stored results and those that were overwritten.

Nothing is judged here. A result says by which version it was made, so the rule of that day comes along.
"""

from datetime import datetime
from typing import Any

from core.recalled import Recall
from households.models import Household
from standards.models import (
    Doubt,
    HouseholdResult,
    HouseholdResultHistory,
    Subject,
    VillageResult,
    VillageResultHistory,
)
from villages.models import Village


def results_at(subject: Household | Village, county: int, moment: datetime) -> dict[int, Any]:
    """The results that stood before `moment`, by year; two queries."""
    home = isinstance(subject, Household)
    named = {"county": county, "household" if home else "village": subject.pk}
    standing: Any = HouseholdResult if home else VillageResult
    overwritten: Any = HouseholdResultHistory if home else VillageResultHistory
    found = [
        *overwritten.objects.filter(**named, since__lt=moment, until__gte=moment).order_by("since"),
        *standing.objects.filter(**named, since__lt=moment),
    ]
    return {result.year: result for result in found}


def doubts_at(recall: Recall, subject: str, key: int) -> list[Doubt]:
    """The doubts that lay over the subject's indicators then, of every year."""
    ids = Doubt.objects.filter(subject=subject, subject_id=key).values_list("pk", flat=True)
    rows = recall.rows(Doubt, ids).values()
    return [doubt for doubt in rows if doubt.closed_at is None]


def subject_of(subject: Household | Village) -> str:
    """The word under which standards and doubts know it."""
    return Subject.HOUSEHOLD if isinstance(subject, Household) else Subject.VILLAGE
