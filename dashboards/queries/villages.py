"""How the villages of an area came out."""

from dataclasses import dataclass
from typing import Any

from areas.models import Area
from dashboards.queries.areas import Tally, no_counts, within_areas
from standards.models import VillageResult
from standards.outcomes import Outcome
from villages.models import VillageYear


@dataclass
class VillageCounts:
    """Villages by verdict and indicator, and those that lack one indicator only."""

    total: Tally
    one_step: list[Area]


def village_counts(
    user: Any, year: int, *, areas: list[Area], codes: list[str], inside_of: str
) -> VillageCounts:
    """Two queries; a village never judged counts as no data."""
    here = within_areas("village__area__code", areas, inside_of)
    judged = VillageResult.objects.visible_to(user).filter(year=year).filter(here)
    results = {result.village_id: result for result in judged}
    counts = VillageCounts(Tally(indicators={code: no_counts() for code in codes}), [])
    rows = VillageYear.objects.visible_to(user).filter(year=year, village__area__valid_to=None).filter(here)
    for row in rows.select_related("village__area").order_by("village__area__code"):
        result = results.get(row.village_id)
        verdict = result.verdict if result else Outcome.NO_DATA
        outcomes = list(result.outcomes) if result else []
        counts.total.add(verdict, 1, row.population, doubtful=bool(result and result.doubts))
        counts.total.add_outcomes(codes, outcomes, 1)
        if is_one_step(outcomes):
            counts.one_step.append(row.village.area)
    return counts


def is_one_step(outcomes: list[int]) -> bool:
    """Whether a single indicator is not met and every other is."""
    others = [outcome for outcome in outcomes if outcome != Outcome.MET]
    return others == [Outcome.NOT_MET]
