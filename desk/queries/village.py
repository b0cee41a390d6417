"""Everything the page of one village shows."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Count, F, FloatField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from core.fields import to_fen
from desk.queries.facts import VILLAGE_FACTS, FactTable, fact_table
from desk.queries.households import HouseholdRow, rows_shown
from desk.queries.origins import Origin, Origins
from households.codes import POOR_STATUSES
from standards.explanation import Explanation, IndicatorPanel, explain, judgements_read
from standards.exports import INCIDENCE, percent
from standards.measures import HAND_TABLES, measure_of
from standards.models import Criterion, DirtyVillage, Doubt, StandardVersion, Subject, VillageResult
from standards.outcomes import Outcome
from standards.register import register_with_results
from standards.scope import standard_in_view
from villages.models import Village, VillageYear

NEAREST = 40
SHOWN = 8


def visible_village(user: Any, code: str) -> Village | None:
    """The valid village with this division code among those that `user` may see."""
    rows = Village.objects.visible_to(user).filter(area__valid_to=None, area__code=code)
    return rows.select_related("area__parent").first()


@dataclass(frozen=True)
class Case:
    """The incidence in one case: who is still poor then."""

    kind: str
    households: int
    persons: int
    leaving: int
    population: int | None
    outcome: str

    @property
    def percent(self) -> str:
        return percent(self.persons, self.population)


@dataclass(frozen=True)
class VillagePanel:
    """One indicator of the village with the sources of its facts."""

    indicator: IndicatorPanel
    doubt: bool
    origins: list[Origin]
    number: int


@dataclass
class StillToExit:
    """How many persons and households must leave poverty beyond those who can already."""

    persons: int
    nearest: list[HouseholdRow] = field(default_factory=list)
    enough: bool = True

    @property
    def households(self) -> int:
        return len(self.nearest)


@dataclass
class VillagePage:
    """The page's content for one year; each part is read when the template asks for it."""

    user: Any
    village: Village
    year: int
    years: list[VillageYear]
    # The moment until which something was known; None: everything is.
    moment: datetime | None = None

    @property
    def facts(self) -> VillageYear:
        return next(row for row in self.years if row.year == self.year)

    @cached_property
    def results(self) -> dict[int, VillageResult]:
        county = self.village.area.county_number
        found = VillageResult.objects.filter(county=county, village=self.village)
        return {result.year: result for result in found}

    @property
    def result(self) -> VillageResult | None:
        return self.results.get(self.year)

    @cached_property
    def explanation(self) -> Explanation | None:
        return explain(self.result) if self.result else None

    @cached_property
    def origins(self) -> Origins:
        rows = {
            "villages_villageyear": [row.pk for row in self.years],
            HAND_TABLES[Subject.VILLAGE]: judgements_read(self.explanation),
        }
        return Origins(self.village.area.county_number, self.village.area.code, rows, self.moment)

    @cached_property
    def doubts(self) -> set[str]:
        doubts = Doubt.objects.filter(
            subject=Subject.VILLAGE, subject_id=self.village.pk, year=self.year, closed_at=None
        )
        return set(doubts.values_list("indicator", flat=True))

    def _panels(self, panels: list[IndicatorPanel]) -> list[VillagePanel]:
        return [
            VillagePanel(panel, panel.code in self.doubts, self.origins.of_criteria(panel.criteria), number)
            for number, panel in enumerate(panels, start=1)
        ]

    @cached_property
    def main_test(self) -> VillagePanel | None:
        main = [p for p in self.explanation.gating if p.code == INCIDENCE] if self.explanation else []
        return self._panels(main)[0] if main else None

    @cached_property
    def panels(self) -> list[VillagePanel]:
        if self.explanation is None:
            return []
        return self._panels([p for p in self.explanation.gating if p.code != INCIDENCE])

    @cached_property
    def considered(self) -> list[VillagePanel]:
        if self.explanation is None:
            return []
        return self._panels([p for p in self.explanation.indicators if not p.gating])

    @property
    def gaps(self) -> list[VillagePanel]:
        """Indicators beside the main test that are not met or unknown, what fails first."""
        order = {"not_met": 0, "no_data": 1}
        open_panels = [panel for panel in self.panels if panel.indicator.outcome in order]
        return sorted(open_panels, key=lambda panel: order[panel.indicator.outcome])

    @property
    def things_missing(self) -> int:
        """How many things the village still lacks, the main test among them."""
        main = self.main_test
        return len(self.gaps) + (1 if main and main.indicator.outcome != "met" else 0)

    @cached_property
    def waiting_since(self):
        """Since when a change waits to be judged; None when the result is up to date."""
        waiting = DirtyVillage.objects.filter(village=self.village, year=self.year)
        return waiting.values_list("since", flat=True).first()

    @cached_property
    def _criterion(self) -> Criterion | None:
        if self.explanation is None:
            return None
        version = self.explanation.version
        for indicator in version.indicator_list():
            for criterion in indicator.criterion_list():
                if criterion.measure == INCIDENCE and criterion.gating:
                    criterion.indicator.version = version
                    return criterion
        return None

    # --- The three cases ----------------------------------------------------------------------
    @cached_property
    def _in_year(self) -> QuerySet[Any]:
        """Rows of the households that belonged to the village in the year."""
        return register_with_results(self.user, self.year).filter(household__village=self.village)

    @cached_property
    def _poor(self) -> dict[str, int]:
        poor = Q(status__in=POOR_STATUSES)
        met, planned = Q(result__verdict=Outcome.MET), Q(planned_exit_year__lte=self.year)
        not_met = Q(result__verdict=None) | ~Q(result__verdict=Outcome.MET)
        not_planned = Q(planned_exit_year=None) | Q(planned_exit_year__gt=self.year)
        return self._in_year.order_by().aggregate(
            now=Count("pk", filter=poor),
            now_persons=Coalesce(Sum("members", filter=poor), Value(0)),
            eligible=Count("pk", filter=poor & met),
            staying=Count("pk", filter=poor & not_met),
            staying_persons=Coalesce(Sum("members", filter=poor & not_met), Value(0)),
            planned=Count("pk", filter=poor & planned),
            unplanned=Count("pk", filter=poor & not_planned),
            unplanned_persons=Coalesce(Sum("members", filter=poor & not_planned), Value(0)),
            all_households=Count("pk"),
            all_persons=Coalesce(Sum("members"), Value(0)),
        )

    @cached_property
    def population(self) -> int | None:
        return self.result.population if self.result else None

    @cached_property
    def cases(self) -> list[Case]:
        counted = self._poor
        return [
            self._case("now", counted["now"], counted["now_persons"], 0),
            self._case("eligible", counted["staying"], counted["staying_persons"], counted["eligible"]),
            self._case("planned", counted["unplanned"], counted["unplanned_persons"], counted["planned"]),
        ]

    def _case(self, kind: str, households: int, persons: int, leaving: int) -> Case:
        too_many = self._too_many(persons)
        outcome = "no_data" if too_many is None else "not_met" if too_many else "met"
        return Case(kind, households, persons, leaving, self.population, outcome)

    def _too_many(self, persons: int) -> int | None:
        """How many persons more than the main test allows; None when it cannot be judged."""
        if self._criterion is None or not self.population:
            return None
        measure: Any = measure_of(Subject.VILLAGE, INCIDENCE)
        return measure.persons_too_many([persons, self.population, persons], self._criterion, self.year)

    @cached_property
    def still(self) -> StillToExit | None:
        """Beyond the households that can leave already: the nearest ones, until it is enough."""
        needed = self._too_many(self._poor["staying_persons"])
        if not needed:
            return None
        rows = rows_shown(self._nearest_keys(), self.household_codes)
        taken, persons = [], 0
        for row in rows:
            if persons >= needed:
                break
            taken.append(row)
            persons += row.year.members
        return StillToExit(needed, taken, persons >= needed)

    def _nearest_keys(self) -> list[int]:
        """Poor households that do not meet everything: fewest failing indicators, then smallest gap."""
        staying = self._in_year.filter(status__in=POOR_STATUSES).exclude(
            pk__in=self._in_year.filter(result__verdict=Outcome.MET).values("pk")
        )
        return list(self._nearest_first(staying).values_list("pk", flat=True)[:NEAREST])

    def _nearest_first(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        version = self.household_version
        if not self.household_codes:
            # No standard is in force: nothing tells one household from the other.
            return rows.order_by("household__number")
        places = range(len(self.household_codes))
        line = version.line(self.year) if version else None
        # A bare 0 would be read as the place of a column when there is no standard.
        none = Cast(Value(0), models.IntegerField())
        open_indicators = sum((_is_open(f"result__outcomes__{place}") for place in places), start=none)
        each = Cast(F("result__net_income"), FloatField()) / Cast(F("result__persons"), FloatField())
        short = Value(float(to_fen(line or Decimal(0)))) - each
        return rows.annotate(open_indicators=open_indicators, short=short).order_by(
            F("open_indicators").asc(nulls_last=True), F("short").asc(nulls_last=True), "household__number"
        )

    # --- Households, facts --------------------------------------------------------------------
    @cached_property
    def household_version(self) -> StandardVersion | None:
        return standard_in_view(self.user, Subject.HOUSEHOLD, self.year, self.village.area.prefix)

    @cached_property
    def household_codes(self) -> list[str]:
        version = self.household_version
        return [indicator.code for indicator in version.gating_indicators()] if version else []

    @cached_property
    def household_names(self) -> dict[str, str]:
        """The indicators of households by code."""
        version = self.household_version
        return (
            {indicator.code: indicator.name for indicator in version.gating_indicators()} if version else {}
        )

    @cached_property
    def households(self) -> list[HouseholdRow]:
        """A few households of the village, those nearest to exit first."""
        poor = self._in_year.filter(status__in=POOR_STATUSES)
        keys = list(self._nearest_first(poor).values_list("pk", flat=True)[:SHOWN])
        return rows_shown(keys, self.household_codes)

    @cached_property
    def verdicts(self) -> dict[str, int]:
        grouped = (
            self._in_year.order_by()
            .annotate(shown=Coalesce("result__verdict", Value(int(Outcome.NO_DATA))))
            .values_list("shown")
            .annotate(Count("pk"))
        )
        counted = dict.fromkeys(("met", "not_met", "no_data"), 0)
        return counted | {Outcome(verdict).code: count for verdict, count in grouped}

    @property
    def household_count(self) -> int:
        return self._poor["all_households"]

    @property
    def member_count(self) -> int:
        return self._poor["all_persons"]

    @cached_property
    def table(self) -> FactTable:
        years = [row for row in self.years if row.year <= self.year][-4:]
        return fact_table(
            VillageYear,
            years,
            VILLAGE_FACTS,
            lambda row, name: self.origins.of_column("villages_villageyear", row.pk, name),
        )

    @cached_property
    def incidence_points(self) -> list[tuple[str, Any]]:
        """Incidence by year for the chart."""
        points = []
        for row in self.years:
            result = self.results.get(row.year)
            share = percent(result.poor_persons, result.population) if result else ""
            points.append((str(row.year), float(share) if share else None))
        return points


def _is_open(path: str) -> Any:
    """1 where the indicator at `path` is not met or unknown."""
    met = models.When(**{path: int(Outcome.MET)}, then=Value(0))
    return models.Case(met, default=Value(1), output_field=models.IntegerField())


def village_page(user: Any, village: Village, year: int | None) -> VillagePage:
    """The page for `year` when the village has facts of it, else for the last year it has."""
    years = list(VillageYear.objects.filter(village=village).order_by("year"))
    known = [row.year for row in years]
    shown = year if year in known else max(known, default=0)
    return VillagePage(user, village, shown, years)
