"""今天要处理: what waits in an area, the most urgent first, each with the one next click."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from areas.models import Area
from areas.templatetags.places import place_name
from core.numbers import moment as shown_moment
from core.numbers import thousands
from dashboards.queries.areas import AreaRow
from dashboards.queries.counts import Counts
from dashboards.queries.matters import HOT, Matter, pressing_first
from dashboards.queries.refused import open_refused
from dashboards.queries.villages import VillageCounts
from exchange.models import Import
from standards.models import StandardVersion

MOST = 5
# An evaluation older than this is late: the nightly run failed at least once.
LATE = timedelta(hours=26)
SMALL_GAP = 500  # yuan a person


@dataclass(frozen=True)
class Scene:
    """What the matters are found in."""

    user: Any
    year: int
    area: Area | None
    query: str  # conditions of lists that stand for the area, year and plan
    counts: Counts
    villages: VillageCounts | None
    version: StandardVersion | None
    judged_at: datetime | None

    def households(self, condition: str, query: str = "") -> str:
        return f"{reverse('desk:household-list')}?{query or self.query}&{condition}"


def is_late(judged_at: datetime | None) -> bool:
    """Whether the area was judged too long ago to trust its numbers."""
    return judged_at is not None and timezone.now() - judged_at > LATE


def matters(scene: Scene) -> list[Matter]:
    """Every matter of the area, hot ones first."""
    found = [*_late(scene), *_refused(scene), *_doubts(scene), *_villages(scene), *_no_data(scene)]
    found += [*_near(scene), *_lowest(scene)]
    return pressing_first(found)


def _late(scene: Scene) -> Iterator[Matter]:
    if not is_late(scene.judged_at) or not scene.user.may("view_assessments"):
        return
    assert scene.judged_at is not None
    hours = int((timezone.now() - scene.judged_at).total_seconds() // 3600)
    yield Matter(
        code="late",
        count=hours,
        unit=_("hours"),
        title=_("The evaluation is older than 26 hours"),
        detail=_("Last judged %(moment)s; until it runs again the numbers are those of then")
        % {"moment": shown_moment(scene.judged_at)},
        action=_("See the assessments"),
        address=reverse("standards:assessments"),
        tone=HOT,
    )


def _refused(scene: Scene) -> Iterator[Matter]:
    """Refused rows of workbooks that nobody has handed in rightly since."""
    if not scene.user.may("import_workbooks"):
        return
    by_import = open_refused(scene.user)
    imports = Import.objects.filter(pk__in=by_import, year=scene.year)
    if scene.area is not None:
        imports = imports.filter(area_prefix__startswith=scene.area.prefix)
    latest = imports.order_by("-created_at", "-pk").first() if by_import else None
    if latest is None:
        return
    yield Matter(
        code="refused",
        count=by_import[latest.pk],
        unit=_("rows"),
        title=_("Refused rows of the last import still wait to be corrected"),
        detail=_("Import %(number)s of %(day)s")
        % {"number": latest.pk, "day": shown_moment(latest.created_at)},
        action=_("See the refused rows"),
        address=reverse("exchange:import", args=[latest.pk]),
        tone=HOT,
    )


def _doubts(scene: Scene) -> Iterator[Matter]:
    if scene.counts.total.doubts:
        yield Matter(
            code="doubts",
            count=scene.counts.total.doubts,
            unit=_("households"),
            title=_("Households are in doubt and wait to be checked"),
            detail=_places(scene.counts.rows, lambda row: row.tally.doubts),
            action=_("Check them"),
            address=scene.households("doubt=1"),
        )


def _villages(scene: Scene) -> Iterator[Matter]:
    found = scene.villages.one_step if scene.villages else []
    if not found:
        return
    names = _(", ").join(place_name(area) for area in found[:3])
    rest = len(found) - 3
    if rest > 0:
        names = ngettext(
            "%(names)s and %(count)s other village", "%(names)s and %(count)s other villages", rest
        ) % {"names": names, "count": rest}
    yield Matter(
        code="villages",
        count=len(found),
        unit=_("villages"),
        title=_("Villages lack a single indicator before they can leave the list"),
        detail=names,
        action=_("See what they lack"),
        address=f"{reverse('desk:village-list')}?{scene.query}&lacking=1",
    )


def _no_data(scene: Scene) -> Iterator[Matter]:
    count = scene.counts.total.verdicts["no_data"]
    if count:
        yield Matter(
            code="no_data",
            count=count,
            unit=_("households"),
            title=_("Facts are missing, so these households cannot be judged"),
            detail=_places(scene.counts.rows, lambda row: row.tally.verdicts["no_data"]),
            action=_("Record the facts"),
            address=scene.households("verdict=no_data"),
        )


def _near(scene: Scene) -> Iterator[Matter]:
    """Households whose income lies below the line by little; the band just below it."""
    line = scene.version.line(scene.year) if scene.version else None
    below = scene.counts.bands.get("2")
    if line is None or below is None or not below.households:
        return
    yield Matter(
        code="near",
        count=below.households,
        unit=_("households"),
        title=_("Income is short of the line by less than %(yuan)s yuan a person") % {"yuan": SMALL_GAP},
        detail=_("Line %(line)s yuan a person; smallest gap first") % {"line": thousands(line)},
        action=_("See who is near"),
        address=scene.households("band=2&sort=gap"),
    )


def _lowest(scene: Scene) -> Iterator[Matter]:
    """The area with the lowest share, when there are several."""
    rows = [row for row in scene.counts.rows if row.tally.households and row.area is not None]
    if len(rows) < 2:
        return
    worst = min(rows, key=lambda row: row.tally.met_share)
    missing = worst.tally.households - worst.tally.verdicts["met"]
    if not missing:
        return
    yield Matter(
        code="lowest",
        count=missing,
        unit="%",
        title=_("%(place)s has the lowest share of households that meet everything") % {"place": worst.name},
        detail=_("%(missing)s households to go: %(not_met)s not met, %(no_data)s without data")
        % {
            "missing": thousands(missing),
            "not_met": thousands(worst.tally.verdicts["not_met"]),
            "no_data": thousands(worst.tally.verdicts["no_data"]),
        },
        action=_("See these households"),
        address=scene.households("verdict=not_met", f"{worst.query}&{_without_place(scene.query)}"),
        figure=f"{worst.tally.met_share:.1f}",
    )


def _without_place(query: str) -> str:
    return "&".join(part for part in query.split("&") if part.split("=")[0] in ("year", "plan"))


def _places(rows: list[AreaRow], number: Any) -> str:
    """The three places with the most, with their numbers."""
    most = sorted((row for row in rows if number(row)), key=number, reverse=True)[:3]
    return _(", ").join(f"{place_name(row.area or row.name)} {thousands(number(row))}" for row in most)
