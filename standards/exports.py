"""The stored results as plain CSV files: one line a household or village, one column an indicator."""

import csv
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TextIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from areas.models import Area
from standards.models import HouseholdResult, StandardVersion, Subject, VillageResult
from standards.outcomes import Outcome

CENT = Decimal("0.01")
INCIDENCE = "incidence"
INCIDENCE_FIGURES = ["incidence_percent", "incidence_if_all_eligible_exit"]
_FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\0")


class NothingJudged(Exception):
    """The area holds no result of the year."""


def write_results_csv(file: TextIO, subject: str, year: int, area: Area | None = None) -> int:
    """Write the results of a year, all counties unless `area`; return how many lines."""
    results = standing_results(subject, year, area)
    versions = versions_of(results)
    if not versions:
        raise NothingJudged(_("Nothing is judged there for %(year)d yet.") % {"year": year})
    codes = indicator_codes(versions.values())
    lines = csv.writer(file, lineterminator="\n")
    if subject == Subject.HOUSEHOLD:
        lines.writerow(["household_number", *codes, "verdict", "per_capita_income", "doubt"])
        rows = _household_lines(results, versions, codes)
    else:
        lines.writerow(["village_code", *_with_incidence(codes), "verdict", "doubt"])
        rows = _village_lines(results, versions, codes)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007
        lines.writerow(row)
    return count


def standing_results(subject: str, year: int, area: Area | None = None) -> QuerySet:
    """Results of households on the register, or of valid villages, in `area` or everywhere."""
    if subject == Subject.HOUSEHOLD:
        results: QuerySet = HouseholdResult.objects.filter(year=year, household__cancelled_on=None)
        results = results.order_by("county", "household__number")
    else:
        results = VillageResult.objects.filter(year=year, village__area__valid_to=None)
        results = results.order_by("village__area__code")
    if area is None or not area.prefix:
        return results
    if len(area.prefix) >= 6:
        results = results.filter(county=area.county_number)
    return results if len(area.prefix) == 6 else results.within(area.prefix)  # type: ignore[union-attr]


def versions_of(results: QuerySet) -> dict[int, StandardVersion]:
    """The versions by which these results were judged, by key."""
    used = results.order_by().values_list("version_id", flat=True).distinct()
    return {version.pk: version for version in StandardVersion.objects.filter(pk__in=list(used))}


def indicator_codes(versions: Iterable[StandardVersion]) -> list[str]:
    """The gating indicators in the standard's order; several standards one after the other."""
    return list(dict.fromkeys(i.code for version in versions for i in version.gating_indicators()))


def _with_incidence(codes: list[str]) -> list[str]:
    place = codes.index(INCIDENCE) + 1 if INCIDENCE in codes else 0
    return [*codes[:place], *INCIDENCE_FIGURES, *codes[place:]]


def _codes_by_version(versions: dict[int, StandardVersion]) -> dict[int, list[str]]:
    return {pk: [i.code for i in version.gating_indicators()] for pk, version in versions.items()}


def _household_lines(
    results: QuerySet, versions: dict[int, StandardVersion], codes: list[str]
) -> Iterator[list]:
    own = _codes_by_version(versions)
    rows = results.values_list(
        "household__number", "version_id", "outcomes", "verdict", "net_income", "persons", "doubts"
    )
    for number, version, outcomes, verdict, net, persons, doubts in rows.iterator(chunk_size=5000):
        by_code = _by_code(own[version], outcomes)
        yield [
            plain_text(number),
            *[by_code.get(code, "") for code in codes],
            Outcome(verdict).code,
            per_capita(net, persons),
            doubts,
        ]


def _village_lines(
    results: QuerySet, versions: dict[int, StandardVersion], codes: list[str]
) -> Iterator[list]:
    own = _codes_by_version(versions)
    columns = _with_incidence(codes)
    rows = results.values_list(
        "village__area__code",
        "version_id",
        "outcomes",
        "verdict",
        "poor_persons",
        "staying_persons",
        "population",
        "doubts",
    )
    for code, version, outcomes, verdict, poor, staying, population, doubts in rows.iterator(chunk_size=5000):
        by_code = _by_code(own[version], outcomes)
        known = population if by_code.get(INCIDENCE) != Outcome.NO_DATA.code else None
        by_code["incidence_percent"] = percent(poor, known)
        by_code["incidence_if_all_eligible_exit"] = percent(staying, known)
        yield [code, *[by_code.get(column, "") for column in columns], Outcome(verdict).code, doubts]


def _by_code(codes: list[str], outcomes: list[int]) -> dict[str, Any]:
    return {code: Outcome(outcome).code for code, outcome in zip(codes, outcomes, strict=True)}


def per_capita(net: Decimal | None, persons: int | None) -> str:
    """Net income ÷ persons, half up to the fen; empty when one is unknown."""
    if net is None or not persons:
        return ""
    return str((net / persons).quantize(CENT, rounding=ROUND_HALF_UP))


def percent(part: int | None, whole: int | None) -> str:
    """Per cent with two decimals, half up on the exact quotient; empty when one is unknown."""
    if part is None or not whole:
        return ""
    return str((Decimal(part) * 100 / whole).quantize(CENT, rounding=ROUND_HALF_UP))


def plain_text(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula (`security.md` 6.5)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
