"""Chips and choices of the household list, with how many rows each would leave."""

from typing import Any

from django.utils.translation import gettext as _

from areas.models import Area
from core.numbers import thousands
from desk.conditions import LABELS, PLACES, Chip, HouseholdConditions
from desk.forms import INDICATOR
from desk.queries.households import Facets

VERDICTS = (("not_met", "x", "t-not"), ("no_data", "circle-dashed", "t-none"), ("met", "check", "t-met"))
COLUMN_OF = {"status": "status", "attr": "attribute", "cause": "main_cause", "route": "planned_route"}


def area_names(user: Any, conditions: HouseholdConditions) -> dict[str, str]:
    """Names of the chosen places, by the code that stands in the address."""
    chosen = [conditions.values[name] for name in PLACES if name in conditions.values]
    whole = {code if len(code) == 15 else code.ljust(12, "0"): code for code in chosen}
    found = Area.objects.valid().visible_to(user).filter(code__in=list(whole))
    return {whole[area.code]: area.name for area in found}


def offered_chips(conditions: HouseholdConditions, facets: Facets) -> list[Chip]:
    """Conditions a person would add most often: verdict, doubt, and every indicator that fails."""
    chips = []
    if "verdict" not in conditions.values:
        words = {"not_met": _("Not met"), "no_data": _("No data"), "met": _("All met")}
        for outcome, icon, css in VERDICTS:
            chips.append(
                Chip(words[outcome], conditions.address(verdict=outcome), facets.verdicts[outcome], icon, css)
            )
    if "doubt" not in conditions.values:
        chips.append(Chip(_("In doubt"), conditions.address(doubt="1"), facets.doubts, "help", "t-doubt"))
    for code, name in conditions.indicator_names.items():
        if INDICATOR + code not in conditions.values:
            label = _("%(indicator)s not met") % {"indicator": name}
            address = conditions.address(**{INDICATOR + code: "not_met"})
            chips.append(Chip(label, address, facets.indicators[code]["not_met"], "x", "t-not"))
    if "plan" not in conditions.values:
        label = _("Planned exit %(year)s") % {"year": conditions.year}
        count = facets.columns["planned_exit_year"][conditions.year]
        chips.append(Chip(label, conditions.address(plan=conditions.year), count))
    return [chip for chip in chips if chip.count]


def count_choices(conditions: HouseholdConditions, facets: Facets) -> None:
    """Write the counts behind the choices of the form, where the condition is still free."""
    if conditions.form is None:
        return
    fields: dict[str, Any] = conditions.form.fields
    for name, column in COLUMN_OF.items():
        if name in conditions.values:
            continue
        counts = facets.columns[column]
        fields[name].choices = [
            ("", _("All")),
            *[
                (value, f"{label} {thousands(counts[value])}")
                for value, label in LABELS[name].choices
                if counts[value]
            ],
        ]
    for code, counts in facets.indicators.items():
        name = INDICATOR + code
        if name in fields and name not in conditions.values:
            fields[name].choices = [
                (value, f"{label} {thousands(counts[value])}" if value else label)
                for value, label in fields[name].choices
            ]
