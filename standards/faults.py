"""What can be wrong in a standard's file; every fault is a sentence that names its place."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from households.models.year import INCOME_ITEMS
from standards.measures import MEASURES
from standards.models import Criterion, Subject

VERSION_KEYS: dict[str, type] = {
    "subject": str,
    "code": str,
    "title": str,
    "title_en": str,
    "area_prefix": str,
    "starts_on": date,
    "document": str,
    "source": str,
    "note": str,
    "lines": dict,
    "indicators": list,
}
INDICATOR_KEYS: dict[str, type] = {
    "code": str,
    "label": str,
    "label_en": str,
    "clause": str,
    "clause_en": str,
    "gating": bool,
    "criteria": list,
}
CRITERION_KEYS: dict[str, type] = {
    "measure": str,
    "operator": str,
    "threshold": object,
    "unit": str,
    "clause": str,
    "clause_en": str,
    "unknown": str,
    "gating": bool,
    "excluded_items": list,
}
REQUIRED = ("subject", "code", "title", "starts_on", "document")
LENGTHS = {"title": 200, "title_en": 200, "document": 300, "label": 60, "label_en": 60, "unit": 20}
_CODE = re.compile(r"[a-z0-9_-]{1,30}", re.A)


def faults_of(data: dict[str, Any]) -> list[str]:
    """Every fault of a standard's content; an empty list when it can be written."""
    faults = [_("“%(key)s” is missing.") % {"key": key} for key in REQUIRED if not data.get(key)]
    faults += _shape_faults(data, VERSION_KEYS)
    if data.get("subject") not in Subject.values:
        return [*faults, _("“subject” must be household or village.")]
    faults += _code_faults(data.get("code"))
    if not re.fullmatch(r"\d{0,12}", str(data.get("area_prefix", "")), re.A):
        faults.append(_("“area_prefix” must be the leading digits of a division code."))
    faults += _line_faults(data)
    indicators = _tables(data.get("indicators"))
    if not indicators:
        faults.append(_("The file has no indicator."))
    elif not any(indicator.get("gating", True) for indicator in indicators):
        faults.append(_("No indicator decides: one must be gating."))
    codes = [indicator.get("code") for indicator in indicators]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        faults.append(_("The indicator “%(code)s” stands twice.") % {"code": code})
    for indicator in indicators:
        faults += _indicator_faults(data, indicator)
    return faults


def _tables(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _shape_faults(table: dict[str, Any], keys: dict[str, type]) -> Iterable[str]:
    """Keys that nothing reads (a slip of the pen would be silent), values of another kind, long texts."""
    kinds = {
        str: _("a text"),
        bool: _("true or false"),
        date: _("a day like 2016-04-23"),
        dict: _("a table"),
        list: _("a list"),
    }
    for key, value in table.items():
        if key not in keys:
            yield _("“%(key)s” is not known here; there are: %(known)s.") % {
                "key": key,
                "known": ", ".join(keys),
            }
        elif keys[key] is not object and type(value) is not keys[key]:
            yield _("“%(key)s” must be %(kind)s.") % {"key": key, "kind": kinds[keys[key]]}
        elif len(str(value)) > LENGTHS.get(key, 10_000_000):
            yield _("“%(key)s” is longer than %(limit)d characters.") % {"key": key, "limit": LENGTHS[key]}


def _code_faults(code: Any) -> list[str]:
    if not code or _CODE.fullmatch(str(code)):
        return []
    return [_("The code “%(code)s” may have up to 30 small letters, digits, - and _.") % {"code": code}]


def _line_faults(data: dict[str, Any]) -> list[str]:
    lines = data.get("lines", {})
    if not isinstance(lines, dict):
        return []
    faults = [
        _("lines: “%(year)s = %(line)s” must be a year and yuan.") % {"year": year, "line": line}
        for year, line in lines.items()
        if not (re.fullmatch(r"\d{4}", str(year), re.A) and is_number(line))
    ]
    asked = any(
        criterion.get("threshold") == "line"
        for indicator in _tables(data.get("indicators"))
        for criterion in _tables(indicator.get("criteria"))
    )
    starts_on = data.get("starts_on")
    if not faults and asked and lines and isinstance(starts_on, date):
        first = min(int(year) for year in lines)
        if first > starts_on.year:
            faults.append(_("lines: no line has started by %(year)d.") % {"year": starts_on.year})
    return faults


def is_number(value: Any) -> bool:
    """Whether a value of the file is a finite number."""
    return type(value) in (int, float) and float("-inf") < value < float("inf")


def _indicator_faults(data: dict[str, Any], indicator: dict[str, Any]) -> list[str]:
    place = indicator.get("code") or "?"
    faults = [f"{place}: {fault}" for fault in _shape_faults(indicator, INDICATOR_KEYS)]
    faults += [f"{place}: {fault}" for fault in _code_faults(indicator.get("code"))]
    if not indicator.get("code") or not indicator.get("label"):
        faults.append(_("Indicator “%(place)s”: code and label are needed.") % {"place": place})
    criteria = _tables(indicator.get("criteria"))
    if not criteria:
        faults.append(_("Indicator “%(place)s” has no criterion.") % {"place": place})
    elif indicator.get("gating", True) and not any(c.get("gating", True) for c in criteria):
        faults.append(_("Indicator “%(place)s” decides, but none of its criteria does.") % {"place": place})
    for criterion in criteria:
        faults += [f"{place}: {fault}" for fault in _criterion_faults(data, criterion)]
    return faults


def _criterion_faults(data: dict[str, Any], criterion: dict[str, Any]) -> list[str]:
    faults = list(_shape_faults(criterion, CRITERION_KEYS))
    code, operator = criterion.get("measure"), criterion.get("operator")
    measure = MEASURES[data["subject"]].get(str(code))
    if measure is None:
        known = ", ".join(MEASURES[data["subject"]])
        message = _("the measure “%(code)s” does not exist; there are: %(known)s.")
        return [*faults, message % {"code": code, "known": known}]
    if operator not in measure.operators:
        message = _("%(code)s takes %(operators)s, not “%(operator)s”.")
        operators = ", ".join(measure.operators)
        return [*faults, message % {"code": code, "operators": operators, "operator": operator}]
    if not _fits(data, criterion, measure.codes):
        message = _("%(code)s: the threshold “%(threshold)s” does not fit the operator “%(operator)s”.")
        found = {"code": code, "threshold": criterion.get("threshold"), "operator": operator}
        faults.append(message % found)
    if criterion.get("unknown", "gates") not in Criterion.Unknown.values:
        faults.append(_("%(code)s: unknown must be gates or when_recorded.") % {"code": code})
    items = criterion.get("excluded_items", [])
    strange = [str(item) for item in items if item not in INCOME_ITEMS] if isinstance(items, list) else []
    if strange:
        message = _("%(code)s: no such income item: %(items)s.")
        faults.append(message % {"code": code, "items": ", ".join(strange)})
    return faults


def _fits(data: dict[str, Any], criterion: dict[str, Any], codes: tuple[str, ...]) -> bool:
    """Whether the threshold can be compared by the operator."""
    threshold, operator = criterion.get("threshold"), criterion.get("operator")
    if operator == "hand":
        return threshold is None
    if operator == "is":
        return isinstance(threshold, bool)
    if operator == "in":
        return isinstance(threshold, list) and bool(threshold) and set(map(str, threshold)) <= set(codes)
    return is_number(threshold) or (threshold == "line" and bool(data.get("lines")))
