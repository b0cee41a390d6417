"""Boundaries of areas from a GeoJSON file: checked as a whole, written with one change."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from areas.models import Area, AreaShape
from core.changes import change

MOST_BYTES = 5 * 1024 * 1024
MOST_POINTS = 100_000
MOST_FEATURES = 2_000
# WGS-84, and inside China: a file in metres or with swapped axes lies elsewhere.
LONGITUDES, LATITUDES = (73.0, 136.0), (3.0, 54.0)


def load_shapes(content: bytes, *, user: Any = None, county: str = "") -> int:
    """Write the shapes of a file; return how many.

    ValidationError says what is wrong, and nothing is written then. With `county` (6 digits) every
    area of the file must lie inside it.
    """
    features = _features(content)
    codes = {_code(feature, number): _geometry(feature, number) for number, feature in features}
    if len(codes) < len(features):
        raise ValidationError(_("The file names an area twice."))
    if sum(len(ring) for geometry in codes.values() for ring in _rings(geometry)) > MOST_POINTS:
        raise ValidationError(
            _("The boundaries have more than %(most)s points; simplify them first.")
            % {"most": f"{MOST_POINTS:,}"}
        )
    areas = {area.code: area for area in Area.objects.valid().filter(code__in=codes)}
    for code in codes:
        if code not in areas or not code.startswith(county):
            raise ValidationError(_("No valid area of the county has the code %(code)s.") % {"code": code})
    with transaction.atomic(), change("areas.shapes_loaded", user=user):
        for code, geometry in sorted(codes.items()):
            AreaShape.objects.update_or_create(area=areas[code], defaults={"geometry": geometry})
    return len(codes)


def _features(content: bytes) -> list[tuple[int, dict[str, Any]]]:
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 5 MB."))
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValidationError(_("The file is not GeoJSON: it cannot be read as JSON.")) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features or found.get("type") != "FeatureCollection":
        raise ValidationError(_("The file is not a FeatureCollection with features."))
    name = str((found.get("crs") or {}).get("properties", {}).get("name", "")) if found.get("crs") else ""
    if name and "CRS84" not in name and "4326" not in name:
        raise ValidationError(_("The coordinates must be WGS-84, not %(name)s.") % {"name": name[:60]})
    if len(features) > MOST_FEATURES:
        raise ValidationError(_("The file has more than %(most)s areas.") % {"most": f"{MOST_FEATURES:,}"})
    return list(enumerate(features, start=1))


def _code(feature: Any, number: int) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = str((properties or {}).get("code", "")) if isinstance(properties or {}, dict) else ""
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise ValidationError(
            _("Feature %(number)s lacks the property “code” with 6, 9 or 12 digits.") % {"number": number}
        )
    return code.ljust(12, "0")


def _geometry(feature: Any, number: int) -> dict[str, Any]:
    """The geometry with six decimals (about 10 cm); refused when it is no polygon of WGS-84."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValidationError(_("Feature %(number)s is neither a polygon nor several.") % {"number": number})
    try:
        polygons = [geometry["coordinates"]] if kind == "Polygon" else list(geometry["coordinates"])
        rounded = [[[_point(point) for point in ring] for ring in polygon] for polygon in polygons]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ValidationError(
            _("Feature %(number)s has a point that is not a longitude and a latitude of WGS-84 in China.")
            % {"number": number}
        ) from error
    rings = [ring for polygon in rounded for ring in polygon]
    if not rings or any(not _is_closed(ring) for ring in rings):
        raise ValidationError(
            _("Feature %(number)s has a ring that is not closed or has too few points.") % {"number": number}
        )
    return {"type": kind, "coordinates": rounded[0] if kind == "Polygon" else rounded}


def _point(point: Sequence[Any]) -> list[float]:
    longitude, latitude = float(point[0]), float(point[1])
    if not (LONGITUDES[0] < longitude < LONGITUDES[1] and LATITUDES[0] < latitude < LATITUDES[1]):
        raise ValueError(point)
    return [round(longitude, 6), round(latitude, 6)]


def _is_closed(ring: list[list[float]]) -> bool:
    """At least a triangle that ends where it began and encloses something."""
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    return len(ring) >= 4 and ring[0] == ring[-1] and abs(area) > 0


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]
