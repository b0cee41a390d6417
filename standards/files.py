"""Standards as files: TOML in, `StandardVersion` with indicators and criteria out.

The format stands in `docs/standards.md`. A file is checked whole before anything is written, and
every fault is named with its place.
"""

import hashlib
import tomllib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.changes import change
from standards.faults import faults_of
from standards.models import Criterion, Indicator, StandardVersion


def parse(text: str) -> dict[str, Any]:
    """The checked content of a standard's file; ValidationError lists every fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValidationError(_("The file is not valid TOML: %(error)s") % {"error": error}) from error
    faults = faults_of(data)
    if faults:
        raise ValidationError(faults)
    return data


@transaction.atomic
def load_standard(text: str, *, user: Any = None, publish: bool = False) -> tuple[StandardVersion, bool]:
    """Write the file as the next version of its code, as a draft unless `publish`.

    The same text again writes no second version; returns the version and whether it is new.
    """
    data = parse(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = StandardVersion.objects.filter(code=data["code"], digest=digest).first()
    if known is not None:
        return (_published(known, user) if publish else known), False
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
    return (_published(version, user) if publish else version), True


def _published(version: StandardVersion, user: Any) -> StandardVersion:
    from standards.services import publish_version

    return version if version.is_published else publish_version(version, user=user)


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
