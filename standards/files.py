"""Standards as files: TOML in, `StandardVersion` with indicators and criteria out.

The format stands in `docs/standards.md`. A file is checked whole before anything is written, and
every fault is named with its place.
"""

import hashlib
import tomllib
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.changes import change
from households.models.year import INCOME_ITEMS
from standards.measures import MEASURES
from standards.models import Criterion, Indicator, StandardVersion, Subject

_REQUIRED = ("subject", "code", "title", "starts_on", "document")


def parse(text: str) -> dict[str, Any]:
    """The checked content of a standard's file; ValidationError lists every fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValidationError(_("The file is not valid TOML: %(error)s") % {"error": error}) from error
    faults = _faults(data)
    if faults:
        raise ValidationError(faults)
    return data


def _faults(data: dict[str, Any]) -> list[str]:
    faults = [_("“%(key)s” is missing.") % {"key": key} for key in _REQUIRED if not data.get(key)]
    if data.get("subject") not in Subject.values:
        faults.append(_("“subject” must be household or village."))
        return faults
    if not isinstance(data.get("starts_on"), date):
        faults.append(_("“starts_on” must be a day like 2016-04-23."))
    for year, line in data.get("lines", {}).items():
        if not (str(year).isdigit() and len(str(year)) == 4) or not _is_number(line):
            faults.append(
                _("lines: “%(year)s = %(line)s” must be a year and yuan.") % {"year": year, "line": line}
            )
    indicators = data.get("indicators") or []
    if not indicators:
        faults.append(_("The file has no indicator."))
    codes = [indicator.get("code") for indicator in indicators]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        faults.append(_("The indicator “%(code)s” stands twice.") % {"code": code})
    for indicator in indicators:
        faults += _indicator_faults(data, indicator)
    return faults


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _indicator_faults(data: dict[str, Any], indicator: dict[str, Any]) -> list[str]:
    place = indicator.get("code") or "?"
    faults = []
    if not indicator.get("code") or not indicator.get("label"):
        faults.append(_("Indicator “%(place)s”: code and label are needed.") % {"place": place})
    if not indicator.get("criteria"):
        faults.append(_("Indicator “%(place)s” has no criterion.") % {"place": place})
    for criterion in indicator.get("criteria") or []:
        fault = _criterion_fault(data, criterion)
        if fault:
            faults.append(f"{place}: {fault}")
    return faults


def _criterion_fault(data: dict[str, Any], criterion: dict[str, Any]) -> str:
    code, operator, threshold = (criterion.get(key) for key in ("measure", "operator", "threshold"))
    measure = MEASURES[data["subject"]].get(code or "")
    if measure is None:
        known = ", ".join(MEASURES[data["subject"]])
        return _("the measure “%(code)s” does not exist; there are: %(known)s.") % {
            "code": code,
            "known": known,
        }
    if operator not in measure.operators:
        return _("%(code)s takes %(operators)s, not “%(operator)s”.") % {
            "code": code,
            "operators": ", ".join(measure.operators),
            "operator": operator,
        }
    if operator == "hand":
        return ""
    if operator == "is":
        ok = isinstance(threshold, bool)
    elif operator == "in":
        ok = isinstance(threshold, list) and bool(threshold) and all(isinstance(x, str) for x in threshold)
    else:
        ok = _is_number(threshold) or (threshold == "line" and bool(data.get("lines")))
    if not ok:
        return _("%(code)s: the threshold “%(threshold)s” does not fit the operator “%(operator)s”.") % {
            "code": code,
            "threshold": threshold,
            "operator": operator,
        }
    if criterion.get("unknown", "gates") not in Criterion.Unknown.values:
        return _("%(code)s: unknown must be gates or when_recorded.") % {"code": code}
    strange = [item for item in criterion.get("excluded_items", []) if item not in INCOME_ITEMS]
    if strange:
        return _("%(code)s: no such income item: %(items)s.") % {"code": code, "items": ", ".join(strange)}
    return ""


@transaction.atomic
def load_standard(text: str, *, user: Any = None, publish: bool = False) -> tuple[StandardVersion, bool]:
    """Write the file as the next version of its code, as a draft unless `publish`.

    The same text again changes nothing; returns the version and whether it is new.
    """
    data = parse(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = StandardVersion.objects.filter(code=data["code"], digest=digest).first()
    if known is not None:
        return known, False
    with change("standard.loaded", user=user):
        last = StandardVersion.objects.filter(code=data["code"]).order_by("-number").first()
        version = StandardVersion.objects.create(
            subject=data["subject"],
            code=data["code"],
            number=last.number + 1 if last else 1,
            area_prefix=str(data.get("area_prefix", "")),
            title=data["title"],
            title_en=data.get("title_en", ""),
            starts_on=data["starts_on"],
            document=data["document"],
            source=data.get("source", ""),
            note=data.get("note", ""),
            lines={str(year): str(line) for year, line in data.get("lines", {}).items()},
            text=text,
            digest=digest,
        )
        for position, indicator in enumerate(data["indicators"]):
            _write_indicator(version, position, indicator)
        if publish:
            from standards.services import publish_version

            publish_version(version, user=user)
    return version, True


def _write_indicator(version: StandardVersion, position: int, data: dict[str, Any]) -> None:
    indicator = Indicator.objects.create(
        version=version,
        position=position,
        code=data["code"],
        label=data["label"],
        label_en=data.get("label_en", ""),
        clause=data.get("clause", ""),
        clause_en=data.get("clause_en", ""),
        gating=data.get("gating", True),
    )
    for place, criterion in enumerate(data["criteria"]):
        Criterion.objects.create(
            indicator=indicator,
            position=place,
            measure=criterion["measure"],
            operator=criterion["operator"],
            threshold=criterion.get("threshold"),
            unit=criterion.get("unit", ""),
            clause=criterion.get("clause", ""),
            clause_en=criterion.get("clause_en", ""),
            unknown=criterion.get("unknown", Criterion.Unknown.GATES),
            gating=criterion.get("gating", True),
            excluded_items=criterion.get("excluded_items", []),
        )
