"""Homes close to people: a first secretary's village, a helper's households, a department's villages."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation
from dashboards.queries.homes_households import granted_lines, shown, worst_first
from households.models import Household
from standards.explanation import Explanation, explain
from standards.models import HouseholdResult, StandardVersion, Subject, VillageResult
from standards.outcomes import Outcome
from standards.scope import standard_in_view, year_asked, years_known
from villages.models import Village, VillageYear

HOUSEHOLDS = 8
MOST = 60
# Which indicators a department looks after, by a word of its name.
INTERESTS = {
    "交通": ("road",),
    "公路": ("road",),
    "水利": ("water",),
    "水务": ("water",),
    "电力": ("power",),
    "供电": ("power",),
    "广电": ("broadcast",),
    "广播": ("broadcast",),
    "文化": ("culture", "broadcast"),
    "卫生": ("clinic",),
    "卫计": ("clinic",),
    "通信": ("broadband",),
    "工信": ("broadband",),
    "民政": ("incidence",),
    "扶贫": ("incidence",),
}


@dataclass(frozen=True)
class VillageHome:
    """A village with its verdict, and its households worst first."""

    village: Village
    result: VillageResult | None
    explanation: Explanation | None
    verdicts: Counter
    lines: list[Any]

    @property
    def gaps(self) -> list[Any]:
        """Indicators not met or unknown, what fails first."""
        order = {"not_met": 0, "no_data": 1}
        panels = self.explanation.gating if self.explanation else []
        return sorted((p for p in panels if p.outcome in order), key=lambda p: order[p.outcome])

    @property
    def households(self) -> int:
        return self.verdicts.total()


def village_home(user: Any, code: str = "") -> dict[str, Any]:
    """The first secretary's page; `code` chooses among several villages."""
    year = year_asked(None, years_known(user))
    villages = list(
        Village.objects.visible_to(user)
        .filter(area__valid_to=None)
        .select_related("area__parent")
        .order_by("area__code")[:MOST]
    )
    chosen = next((v for v in villages if v.area.code == code), villages[0] if villages else None)
    context: dict[str, Any] = {"year": year, "villages": villages, "home": None}
    if chosen is not None:
        context["home"] = _village(user, chosen, year)
        context["facts"] = VillageYear.objects.filter(village=chosen, year=year).first()
    return context


def _village(user: Any, village: Village, year: int) -> VillageHome:
    result = VillageResult.objects.visible_to(user).filter(village=village, year=year).first()
    # The keys first: results then come by their own key, however many a county has.
    keys = list(
        Household.objects.visible_to(user).valid().filter(village=village).values_list("pk", flat=True)
    )
    mine = HouseholdResult.objects.filter(
        county=village.area.county_number, household__in=keys, year=year
    ).order_by()
    verdicts = Counter(met=0, not_met=0, no_data=0, doubt=0)
    for verdict in mine.values_list("verdict", flat=True):
        verdicts[Outcome(verdict).code] += 1
    lines = shown(worst_first(mine.exclude(verdict=Outcome.MET)), HOUSEHOLDS)
    return VillageHome(village, result, explain(result) if result else None, verdicts, lines)


def helper_home(user: Any) -> dict[str, Any]:
    """The households granted one by one, each with what it lacks."""
    year = year_asked(None, years_known(user))
    lines = granted_lines(user, year, MOST)
    verdicts = Counter(met=0, not_met=0, no_data=0)
    verdicts.update(line.verdict for line in lines)
    return {"year": year, "lines": lines, "verdicts": verdicts, "open": verdicts.total() - verdicts["met"]}


@dataclass(frozen=True)
class IndicatorRow:
    """How the villages in view came out in one indicator."""

    code: str
    name: str
    counts: Counter
    own: bool

    @property
    def lacking(self) -> int:
        return self.counts["not_met"] + self.counts["no_data"]


def department_home(user: Any) -> dict[str, Any]:
    """The villages by indicator, those of the department's own trade first, then the worst."""
    year = year_asked(None, years_known(user))
    version = standard_in_view(user, Subject.VILLAGE, year)
    organisations = list(Organisation.objects.filter(pk__in=user.organisation_ids()).select_related("area"))
    rows = _indicator_rows(user, year, version, _interests(organisations))
    return {"year": year, "version": version, "organisations": organisations, "rows": rows,
            "first": next((row for row in rows if row.lacking), None),
            "villages": rows[0].counts.total() if rows else 0}  # fmt: skip


def _interests(organisations: list[Organisation]) -> set[str]:
    return {
        code
        for organisation in organisations
        for word, codes in INTERESTS.items()
        if word in organisation.name
        for code in codes
    }


def _indicator_rows(
    user: Any, year: int, version: StandardVersion | None, own: set[str]
) -> list[IndicatorRow]:
    if version is None:
        return []
    indicators = version.gating_indicators()
    counts = {one.code: Counter(met=0, not_met=0, no_data=0) for one in indicators}
    known = VillageYear.objects.visible_to(user).filter(year=year, village__area__valid_to=None)
    judged = VillageResult.objects.visible_to(user).filter(year=year, village__area__valid_to=None)
    found = dict(judged.values_list("village_id", "outcomes"))
    for village in known.values_list("village_id", flat=True):
        outcomes = found.get(village) or [Outcome.NO_DATA] * len(indicators)
        for one, outcome in zip(indicators, outcomes, strict=False):
            counts[one.code][Outcome(outcome).code] += 1
    rows = [IndicatorRow(one.code, one.name, counts[one.code], one.code in own) for one in indicators]
    return sorted(rows, key=lambda row: (not row.own, -row.lacking))
