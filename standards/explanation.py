"""The verdict in words, made from the stored result and its criteria; it recomputes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from standards.measures import measure_of
from standards.measures.base import Measure, Values
from standards.models import Criterion, Indicator, StandardVersion
from standards.outcomes import Outcome


@dataclass(frozen=True)
class CriterionPanel:
    """One demand: what was found, what is asked, the clause, and the columns it was read from."""

    code: str
    name: str
    outcome: str
    value: str
    demand: str
    clause: str
    gating: bool
    facts: dict[str, tuple[str, ...]]
    gap: str = ""
    # The one row that was read, where the result keeps it.
    row: int | None = None


@dataclass(frozen=True)
class IndicatorPanel:
    """One head of the standard with its demands and what would close its gap."""

    code: str
    name: str
    clause: str
    outcome: str
    gating: bool
    criteria: list[CriterionPanel] = field(default_factory=list)

    @property
    def gaps(self) -> list[str]:
        return [criterion.gap for criterion in self.criteria if criterion.gap]

    @property
    def headline(self) -> CriterionPanel:
        """The demand that decided: the first not met, else the first unknown, else the first."""
        for wanted in (Outcome.NOT_MET.code, Outcome.NO_DATA.code):
            for criterion in self.criteria:
                if criterion.outcome == wanted and criterion.gating:
                    return criterion
        return self.criteria[0]


@dataclass(frozen=True)
class Explanation:
    """A whole verdict: indicators in the standard's order, and the shortest list of what is missing."""

    verdict: str
    doubts: int
    since: datetime
    year: int
    version: StandardVersion
    indicators: list[IndicatorPanel]

    @property
    def gating(self) -> list[IndicatorPanel]:
        return [indicator for indicator in self.indicators if indicator.gating]

    @property
    def missing(self) -> list[str]:
        """Each gap once: those that are not met first, then what is unknown."""
        order = {Outcome.NOT_MET.code: 0, Outcome.NO_DATA.code: 1}
        panels = sorted(self.gating, key=lambda panel: order.get(panel.outcome, 2))
        gaps = [gap for panel in panels if panel.outcome in order for gap in panel.gaps]
        return list(dict.fromkeys(gaps))

    def count(self, outcome: str) -> int:
        return sum(indicator.outcome == outcome for indicator in self.gating)

    @property
    def counts(self) -> dict[str, int]:
        return {name: self.count(name) for name in ("not_met", "no_data", "met")}


def explain(result: Any) -> Explanation:
    """The explanation of a stored household or village result, in the active language."""
    version = known_version(result)
    outcomes = dict(zip((i.code for i in version.gating_indicators()), result.outcomes, strict=True))
    stored = list(zip(_criteria_with_values(version, result.values), result.criteria, strict=True))
    panels = []
    for indicator in version.indicator_list():
        mine = [(c, v, o) for (c, v), o in stored if c.indicator_id == indicator.pk]
        panels.append(_indicator_panel(indicator, mine, outcomes.get(indicator.code), result.year))
    return Explanation(
        verdict=Outcome(result.verdict).code,
        doubts=result.doubts,
        since=result.since,
        year=result.year,
        version=version,
        indicators=panels,
    )


_versions: dict[int, StandardVersion] = {}


def known_version(result: Any) -> StandardVersion:
    """The version of a result with its criteria; published ones never change, so they are kept."""
    found = _versions.get(result.version_id)
    if found is None:
        found = StandardVersion.objects.get(pk=result.version_id)
        found.criterion_list()
        if found.is_published:
            _versions[result.version_id] = found
    return found


def _criteria_with_values(version: StandardVersion, values: Values) -> Iterator[tuple[Criterion, Values]]:
    position = 0
    for criterion in version.criterion_list():
        criterion.indicator.version = version
        width = len(measure_of(version.subject, criterion.measure).parts)
        yield criterion, values[position : position + width]
        position += width


def _indicator_panel(indicator: Indicator, stored, outcome: int | None, year: int) -> IndicatorPanel:
    return IndicatorPanel(
        code=indicator.code,
        name=indicator.name,
        clause=indicator.clause_text,
        outcome=Outcome(outcome).code if outcome is not None else Outcome.CONSIDERED.code,
        gating=indicator.gating,
        criteria=[_criterion_panel(c, v, Outcome(o), year) for c, v, o in stored],
    )


def _criterion_panel(criterion: Criterion, values: Values, outcome: Outcome, year: int) -> CriterionPanel:
    measure = measure_of(criterion.indicator.version.subject, criterion.measure)
    return CriterionPanel(
        code=criterion.measure,
        name=measure.name,
        outcome=outcome.code if criterion.gating else Outcome.CONSIDERED.code,
        value=_("not asked") if outcome == Outcome.NOT_ASKED else measure.value_text(values),
        demand=measure.demand_text(criterion, year),
        clause=criterion.clause_text,
        gating=criterion.gating,
        facts=measure.facts,
        gap=_gap(measure, criterion, values, outcome, year),
        row=measure.row_of(values),
    )


def _gap(measure: Measure, criterion: Criterion, values: Values, outcome: Outcome, year: int) -> str:
    if not criterion.gating:
        return ""
    if outcome == Outcome.NOT_MET:
        return measure.gap_text(values, criterion, year)
    return measure.ask_text(values) if outcome == Outcome.NO_DATA else ""


def judgements_read(explanation: Explanation | None) -> list[int]:
    """The judgements by hand that the result was made from."""
    panels = explanation.indicators if explanation else []
    return [criterion.row for panel in panels for criterion in panel.criteria if criterion.row]


def missing_sentences(result: Any) -> list[str]:
    """Only what is missing, for a row of a list."""
    return explain(result).missing
