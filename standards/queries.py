"""Reads of the pages about standards and assessments."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from areas.models import Area
from standards.measures import measure_of
from standards.models import Assessment, Criterion, Indicator, StandardVersion


@dataclass(frozen=True)
class ListedVersion:
    """A version with what is computed of it."""

    version: StandardVersion
    state: str
    area: str

    @property
    def state_words(self) -> str:
        words = {
            "draft": _("Draft"),
            "in_force": _("In force"),
            "coming": _("Not begun yet"),
            "superseded": _("Superseded"),
        }
        return words[self.state]

    @property
    def state_kind(self) -> str:
        return {"draft": "doubt", "in_force": "met", "coming": "info"}.get(self.state, "plain")


def listed_versions(year: int) -> list[ListedVersion]:
    """Every version with its state in `year`, the latest first within subject and code."""
    versions = list(StandardVersion.objects.order_by("subject", "area_prefix", "code", "-number"))
    leading: dict[tuple[str, str], StandardVersion] = {}
    for version in versions:
        if version.is_published and version.starts_on <= date(year, 12, 31):
            key = (version.subject, version.area_prefix)
            known = leading.get(key)
            if known is None or _rank(version) > _rank(known):
                leading[key] = version
    names = area_names({version.area_prefix for version in versions})
    return [
        ListedVersion(version, _state(version, leading, year), names.get(version.area_prefix, ""))
        for version in versions
    ]


def listed_version(version: StandardVersion, year: int) -> ListedVersion:
    """One version with its state."""
    return next(found for found in listed_versions(year) if found.version.pk == version.pk)


def _rank(version: StandardVersion) -> tuple[date, int, int]:
    return version.starts_on, version.number, version.pk


def _state(version: StandardVersion, leading: dict[tuple[str, str], StandardVersion], year: int) -> str:
    if not version.is_published:
        return "draft"
    if version.starts_on > date(year, 12, 31):
        return "coming"
    return "in_force" if leading[version.subject, version.area_prefix] is version else "superseded"


def area_names(prefixes: set[str]) -> dict[str, str]:
    """What each prefix is called: the loaded area, else its digits."""
    found = Area.objects.valid().filter(code__in=[prefix.ljust(12, "0") for prefix in prefixes if prefix])
    names = {area.prefix: area.name for area in found}
    return {prefix: names.get(prefix) or prefix or _("everywhere") for prefix in prefixes}


@dataclass(frozen=True)
class CriterionText:
    """One criterion as a person reads it."""

    criterion: Criterion
    name: str
    demand: str
    unknown: str
    excluded: str


@dataclass(frozen=True)
class IndicatorText:
    """One indicator with its criteria as a person reads them."""

    indicator: Indicator
    criteria: list[CriterionText]


def readable(version: StandardVersion, year: int) -> list[IndicatorText]:
    """The whole standard in words for a year."""
    return [
        IndicatorText(indicator, [_criterion_text(version, c, year) for c in indicator.criterion_list()])
        for indicator in version.indicator_list()
    ]


def _criterion_text(version: StandardVersion, criterion: Criterion, year: int) -> CriterionText:
    criterion.indicator.version = version
    measure = measure_of(version.subject, criterion.measure)
    return CriterionText(
        criterion=criterion,
        name=measure.name,
        demand=measure.demand_text(criterion, year),
        unknown=str(Criterion.Unknown(criterion.unknown).label),
        excluded="、".join(criterion.excluded_items),
    )


@dataclass(frozen=True)
class Difference:
    """One place where two versions differ."""

    place: str
    before: str
    after: str


def difference(first: StandardVersion, second: StandardVersion, year: int) -> list[Difference]:
    """What changed from the first to the second, in the order of the second."""
    old, new = _flat(first, year), _flat(second, year)
    order = [*new, *[place for place in old if place not in new]]
    return [
        Difference(place, old.get(place, ""), new.get(place, ""))
        for place in order
        if old.get(place, "") != new.get(place, "")
    ]


def _flat(version: StandardVersion, year: int) -> dict[str, str]:
    flat = {
        _("Title"): version.name,
        _("Area"): version.area_prefix,
        _("In force from"): str(version.starts_on),
        _("Document"): version.document,
        _("Source"): version.source,
        _("Note"): version.note,
    }
    for started, line in sorted(version.lines.items()):
        flat[_("Income line %(year)s") % {"year": started}] = str(line)
    for text in readable(version, year):
        indicator = text.indicator
        kind = _("gates") if indicator.gating else _("only considered")
        flat[indicator.name] = f"{indicator.clause_text}（{kind}）"
        for one in text.criteria:
            parts = [one.demand, one.criterion.clause_text, one.unknown]
            parts += [_("gates") if one.criterion.gating else _("only considered")]
            parts += [_("without %(items)s") % {"items": one.excluded}] if one.excluded else []
            flat[f"{indicator.name} · {one.name}"] = "；".join(part for part in parts if part)
    return flat


def assessments_for_list(user: Any):
    """Assessments of areas that `user` may see, the latest first."""
    return (
        Assessment.objects.visible_to(user).select_related("area", "version").order_by("-started_at", "-pk")
    )


@dataclass(frozen=True)
class CountRow:
    """How one indicator of an assessment came out."""

    name: str
    counts: dict[str, int]


def count_rows(assessment: Assessment) -> list[CountRow]:
    """The counts of an assessment by indicator, then by verdict."""
    names = {i.code: i.name for i in assessment.version.gating_indicators()} | {"verdict": _("Verdict")}
    return [
        CountRow(name, assessment.counts[code]) for code, name in names.items() if code in assessment.counts
    ]
