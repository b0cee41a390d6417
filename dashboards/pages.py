"""What a counting page shows, put together from the counts: ready words and numbers for the templates."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.clock import today
from core.numbers import thousands
from dashboards.asked import Asked
from dashboards.maps import area_map
from dashboards.pictures import income_picture
from dashboards.queries.areas import BELOW, Tally, place_query, share_of, worst_first
from dashboards.queries.as_of import counts_as_of
from dashboards.queries.attention import MOST, Scene, is_late, matters
from dashboards.queries.changes import Changes, changes_since
from dashboards.queries.counts import NOT_RECORDED, Counts, Group, group_counts, household_counts
from dashboards.queries.trend import Point, trend
from dashboards.queries.villages import village_counts
from households.codes import Cause, Route
from standards.models import StandardVersion, Subject
from standards.scope import last_judgement, standard_in_view


@dataclass(frozen=True)
class ChangeLine:
    """One count then and now; `better` is the direction that is good."""

    name: str
    detail: str
    before: int
    after: int
    better: int

    @property
    def size(self) -> int:
        return abs(self.after - self.before)

    @property
    def arrow(self) -> str:
        return "" if not self.size else "▲" if self.after > self.before else "▼"

    @property
    def tone(self) -> str:
        """Colour by better or worse, not by up or down."""
        return "" if not self.size else "t-met" if (self.after - self.before) * self.better > 0 else "t-not"


@dataclass(frozen=True)
class NamedGroup:
    """A route or a cause with its households and the condition that opens them."""

    name: str
    condition: str
    group: Group
    longest: int = 1


def area_page(user: Any, asked: Asked, area: Area | None, below: list[Area]) -> dict[str, Any]:
    """The page of today."""
    prefix = area.prefix if area else ""
    version = standard_in_view(user, Subject.HOUSEHOLD, asked.year, prefix)
    scope: Any = {"areas": below, "inside_of": prefix}
    counts = household_counts(user, asked.year, codes=codes_of(version), plan=asked.plan, **scope)
    if area and area.level == Level.VILLAGE:
        counts.rows = group_counts(user, asked.year, area, asked.plan)
    villages, village_version = None, None
    if user.may("view_villages") and not (area and area.level == Level.VILLAGE):
        village_version = standard_in_view(user, Subject.VILLAGE, asked.year, prefix)
        villages = village_counts(user, asked.year, codes=codes_of(village_version), **scope)
    judged_at = last_judgement(user, Subject.HOUSEHOLD, asked.year, prefix)
    query = "&".join(part for part in (place_query(area), asked.rest) if part)
    changes = changes_since(user, asked.year, asked.since, plan=asked.plan, **scope)
    found = matters(Scene(user, asked.year, area, query, counts, villages, version, judged_at))
    return {
        **_common(asked, area, counts, version),
        "judged_at": judged_at,
        "late": is_late(judged_at),
        "query": query,
        "matters": found[:MOST],
        "more_matters": max(len(found) - MOST, 0),
        "changes": changes,
        "change_lines": change_lines(changes, counts.total),
        "routes": _named(counts.routes, dict(Route.choices), "route"),
        "causes": _named(counts.causes, dict(Cause.choices), "cause", by_size=True),
        "trend": trend_picture(trend(user, area, asked.year)),
        "village_total": villages.total if villages else None,
        "village_indicators": indicators_of(village_version, villages.total) if villages else [],
        "village_version": village_version,
    }


def area_page_as_of(user: Any, asked: Asked, area: Area | None, below: list[Area]) -> dict[str, Any]:
    """The page as the system knew it at the end of a day: to read, nothing opens a list of today."""
    assert asked.as_of is not None
    prefix = area.prefix if area else ""
    version = standard_in_view(user, Subject.HOUSEHOLD, asked.year, prefix)
    counts = counts_as_of(user, asked.year, asked.as_of, areas=below, inside_of=prefix, version=version)
    trend_then = [point for point in trend(user, area, asked.year) if point.day <= asked.as_of]
    return {
        **_common(asked, area, counts, version),
        "trend": trend_picture(trend_then),
        "query": "",
    }


def _common(
    asked: Asked, area: Area | None, counts: Counts, version: StandardVersion | None
) -> dict[str, Any]:
    indicators = indicators_of(version, counts.total)
    line = version.line(asked.year) if version else None
    return {
        "asked": asked,
        "year": asked.year,
        "year_text": str(asked.year),
        "years": asked.years or [asked.year],
        "plan": asked.plan,
        "plan_text": f"&plan={asked.plan}" if asked.plan else "",
        "today": today(),
        "version": version,
        "line": line,
        "rows": worst_first(counts.rows),
        "below_level": BELOW[Level(area.level)] if area else "",
        "map": area_map(counts.rows, area),
        "total": counts.total,
        "indicators": indicators,
        "worst": max(indicators, key=lambda one: one["counts"]["not_met"], default=None),
        "income": income_picture(counts.bands, line) if line is not None else None,
    }


def change_lines(changes: Changes, total: Tally) -> list[ChangeLine]:
    """The counts of then and now, the good ones first."""
    gaps = sum(counts["no_data"] for counts in total.indicators.values())
    passed = _("%(up)s came to meet everything, %(down)s fell back") % {
        "up": thousands(changes.up),
        "down": thousands(changes.down),
    }
    lines = [
        (_("Every indicator met"), passed, "met", 1),
        (_("At least one not met"), "", "not_met", -1),
        (_("No data, cannot be judged"), "", "no_data", -1),
    ]
    found = [
        ChangeLine(name, detail, total.verdicts[code] - changes.moved(code), total.verdicts[code], better)
        for name, detail, code, better in lines
    ]
    detail = _("Every indicator of every household counted")
    return [*found, ChangeLine(_("Indicators without data"), detail, gaps - changes.gaps, gaps, -1)]


def trend_picture(points: list[Point]) -> dict[str, Any]:
    """The points with what the chart draws and what is read aloud."""
    names = [f"{point.day.month}-{point.day.day:02d}" for point in points]
    values = [point.met for point in points]
    said = _(", ").join(f"{name} {thousands(value)}" for name, value in zip(names, values, strict=True))
    series = [{"name": _("Every indicator met"), "values": values, "tone": "own"}]
    chart = {"kind": "line", "names": names, "unit": _("households"), "series": series}
    return {"points": points, "said": said, "chart": chart}


def codes_of(version: StandardVersion | None) -> list[str]:
    return [indicator.code for indicator in version.gating_indicators()] if version else []


def indicators_of(version: StandardVersion | None, whole: Tally) -> list[dict[str, Any]]:
    """Each indicator of the verdict with its counts and the share that meets it, in per cent."""
    if version is None:
        return []
    return [
        {
            "code": i.code,
            "name": i.name,
            "clause": i.clause_text,
            "counts": whole.indicators[i.code],
            "share": share_of(whole.indicators[i.code]["met"], whole.households),
        }
        for i in version.gating_indicators()
    ]


def _named(
    groups: dict[str, Group], names: dict[str, str], condition: str, *, by_size: bool = False
) -> list[NamedGroup]:
    """The groups in the order of the code list (or the largest first), those not recorded last."""
    codes = [code for code in names if code in groups]
    if by_size:
        codes.sort(key=lambda code: -groups[code].households)
    longest = max((group.households for group in groups.values()), default=1)
    named = [NamedGroup(names[code], f"{condition}={code}", groups[code], longest) for code in codes]
    if NOT_RECORDED in groups:
        rest = groups[NOT_RECORDED]
        named.append(NamedGroup(_("Not recorded"), f"{condition}={NOT_RECORDED}", rest, longest))
    return named
