"""Load division codes and make groups."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from areas.models import DIGITS, Area, Level
from areas.signals import areas_loaded
from areas.stems import township_stem, village_stem
from core.changes import change

SHIPPED = Path(__file__).parent / "data" / "divisions-411725.csv"
HEADINGS = ["code", "level", "name", "parent_code"]


def stem_of(level: str, name: str) -> str:
    """The part of an area's name by which workbooks are matched."""
    if level == Level.VILLAGE:
        return village_stem(name)
    return township_stem(name) if level == Level.TOWNSHIP else name


def read_divisions(file: TextIO) -> list[dict[str, str]]:
    """The rows of a division file; ValidationError names the line and what is wrong with it."""
    reader = csv.DictReader(file)
    missing = [heading for heading in HEADINGS if heading not in (reader.fieldnames or [])]
    if missing:
        raise ValidationError(_("The file lacks these columns: %(names)s.") % {"names": ", ".join(missing)})
    rows: list[dict[str, str]] = []
    codes: set[str] = set()
    for line in reader:
        row = {key: (line[key] or "").strip() for key in HEADINGS}
        _check_row(reader.line_num, row)
        if row["code"] in codes:
            message = _("Line %(line)d: the code %(code)s stands twice in the file.")
            raise ValidationError(message % {"line": reader.line_num, "code": row["code"]})
        codes.add(row["code"])
        rows.append(row)
    return rows


def _check_row(number: int, row: dict[str, str]) -> None:
    if row["level"] not in Level.values:
        message = _("Line %(line)d: the level “%(level)s” is not known; use %(levels)s.")
        levels = ", ".join(Level.values)
        raise ValidationError(message % {"line": number, "level": row["level"], "levels": levels})
    digits = 15 if row["level"] == Level.GROUP else 12
    if not re.fullmatch(rf"[0-9]{{{digits}}}", row["code"]):
        message = _("Line %(line)d: the code “%(code)s” must have %(digits)d digits.")
        raise ValidationError(message % {"line": number, "code": row["code"], "digits": digits})
    if row["code"][DIGITS[Level(row["level"])] :].strip("0"):
        message = _("Line %(line)d: the code %(code)s is not one of a %(level)s; its last digits must be 0.")
        raise ValidationError(message % {"line": number, "code": row["code"], "level": row["level"]})
    if not row["name"]:
        raise ValidationError(_("Line %(line)d: the name is missing.") % {"line": number})


@transaction.atomic
def load_divisions(rows: Iterable[dict[str, str]], *, user=None) -> tuple[int, int]:
    """Write the divisions; return how many are new and how many were renamed. Safe to repeat."""
    rows = sorted(rows, key=lambda row: DIGITS[Level(row["level"])])
    created = renamed = 0
    with change("areas.loaded", user=user):
        known = {area.code: area for area in Area.objects.valid()}
        for row in rows:
            area, is_new, is_renamed = _put(row, known)
            known[area.code] = area
            created += is_new
            renamed += is_renamed
        prefixes = {row["code"][:6] for row in rows if DIGITS[Level(row["level"])] >= 6}
        areas_loaded.send(Area, county_prefixes=sorted(prefixes))
    return created, renamed


def _put(row: dict[str, str], known: dict[str, Area]) -> tuple[Area, bool, bool]:
    parent = known.get(row["parent_code"]) if row["parent_code"] else None
    if row["parent_code"] and parent is None:
        message = _("The parent %(parent)s of %(name)s is neither in the file nor loaded.")
        raise ValidationError(message % {"parent": row["parent_code"], "name": row["name"]})
    if parent is not None and not row["code"].startswith(parent.prefix):
        message = _("The code %(code)s of %(name)s does not lie inside its parent %(parent)s.")
        raise ValidationError(
            message % {"code": row["code"], "name": row["name"], "parent": row["parent_code"]}
        )
    area = known.get(row["code"])
    stem = stem_of(row["level"], row["name"])
    if area is None:
        area = Area(code=row["code"], level=row["level"], name=row["name"], stem=stem, parent=parent)
        area.save()
        return area, True, False
    if (area.name, area.stem) == (row["name"], stem):
        return area, False, False
    area.name, area.stem = row["name"], stem
    area.save(update_fields=["name", "stem"])
    return area, False, True


def load_division_file(path: Path | None = None, *, user=None) -> tuple[int, int]:
    """Load a CSV of divisions, or the county of the article when no file is named."""
    with open(path or SHIPPED, encoding="utf-8-sig", newline="") as file:
        return load_divisions(read_divisions(file), user=user)


def make_groups(wanted: Iterable[tuple[Area, str]]) -> dict[tuple[int, str], Area]:
    """The groups of these (village, name) pairs, made where unknown, with the next free number."""
    pairs = {(village.pk, name): village for village, name in wanted if name}
    villages = {village.pk: village for village in pairs.values()}
    groups: dict[tuple[int, str], Area] = {}
    used = dict.fromkeys(villages, 0)
    existing = Area.objects.select_for_update().filter(level=Level.GROUP, parent_id__in=villages)
    list(Area.objects.select_for_update().filter(pk__in=villages).order_by("pk").values_list("pk"))
    for group in existing.order_by("code"):
        village_id = cast(int, group.parent_id)
        used[village_id] = max(used[village_id], int(group.code[12:]))
        if group.valid_to is None:
            groups[village_id, group.name] = group
    missing = []
    for (village_id, name), village in sorted(pairs.items()):
        if (village_id, name) in groups:
            continue
        used[village_id] += 1
        code = f"{village.code}{used[village_id]:03d}"
        group = Area(code=code, level=Level.GROUP, name=name, stem=name, parent=village)
        groups[village_id, name] = group
        missing.append(group)
    Area.objects.bulk_create(missing)
    return groups
