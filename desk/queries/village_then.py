"""The page of a village as the system knew it at the end of a day (`decisions.md` 25)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from core.clock import end_of
from core.recalled import Recall
from desk.queries.by_hand import HandItem
from desk.queries.facts import FactTable
from desk.queries.then import Key, items_then, tinted
from desk.queries.village import VillagePage
from standards.as_of import doubts_at, results_at
from standards.explanation import Explanation
from standards.exports import percent
from standards.models import Subject, VillageJudgement
from villages.models import Village, VillageYear


@dataclass
class VillageThen(VillagePage):
    """The village at the end of `day`, from row images and the stored result of that day."""

    day: date = date.min
    known: bool = True
    first_known: datetime | None = None
    in_bulk: bool = False
    recall: Any = None
    # What is another one today, by key (desk.queries.differing).
    differing: frozenset[Key] = frozenset()

    @cached_property
    def results(self) -> dict[int, Any]:
        assert self.moment is not None
        return results_at(self.village, self.village.area.county_number, self.moment)

    @cached_property
    def explanation(self) -> Explanation | None:
        found = super().explanation
        return replace(found, doubts=len(self._doubts)) if found else None

    @cached_property
    def _doubts(self) -> list[str]:
        rows = doubts_at(self.recall, Subject.VILLAGE, self.village.pk)
        return [doubt.indicator for doubt in rows if doubt.year == self.year]

    @cached_property
    def doubts(self) -> set[str]:
        return set(self._doubts)

    @cached_property
    def table(self) -> FactTable:
        return tinted(super().table, self.differing)

    @property
    def incidence(self) -> str:
        """Per cent, from the persons of the stored result."""
        return percent(self.result.poor_persons, self.result.population) if self.result else ""

    @cached_property
    def hand_items(self) -> list[HandItem]:
        ids = VillageJudgement.objects.filter(village=self.village.pk).values_list("pk", flat=True)
        return items_then(self, self.recall.rows(VillageJudgement, ids).values())

    @property
    def differing_indicators(self) -> set[str]:
        return {key[1] for key in self.differing if key[0] == "indicator"}


def village_then(user: Any, village: Village, year: int | None, day: date) -> VillageThen:
    """The village at the end of `day`: the year asked when it stood then, else the last one."""
    moment = end_of(day)
    recall = Recall(moment, village.area.county_number)
    kept = list(VillageYear.objects.filter(village=village.pk).values_list("pk", flat=True))
    rows = sorted(recall.rows(VillageYear, kept).values(), key=lambda row: row.year)
    page = VillageThen(user, village, 0, rows, moment, day, known=bool(rows), recall=recall)
    if not rows:
        moments = [at for key in kept if (at := recall.first_known(VillageYear, key))]
        page.first_known = min(moments, default=None)
        page.in_bulk = recall.bulk is not None and page.first_known == recall.bulk.at
    years = {row.year for row in rows} or set(page.results)
    page.year = year if year in years else max(years, default=0)
    return page
