"""The map of a page: shapes by area code, from the county's own boundaries, a sketch, or tiles.

Every map has the same classes, labels and click targets; colours say how far an area is from its task.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, cos, radians, sqrt
from pathlib import Path
from typing import Any

from areas.models import Area, AreaShape, Level
from dashboards.queries.areas import AreaRow

DATA = Path(__file__).parent / "data"
# Shares of households that meet everything, in per cent; below the last one is the darkest.
STEPS = (75, 65, 55, 45)
WIDTH, HEIGHT = 770, 530
TILE = (150, 92)
GAP = 8

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Shape:
    """One area on the map: path, place of the label, colour class."""

    row: AreaRow
    path: str
    x: int
    y: int
    tone: str

    @property
    def label(self) -> str:
        return short_name(self.row.name)


@dataclass(frozen=True)
class AreaMap:
    """What the page draws: the box of the picture, its shapes, and where they come from."""

    box: str
    shapes: list[Shape]
    origin: str  # boundaries, sketch or tiles
    features: dict[str, Any] | None = None  # GeoJSON of the county's own boundaries


def short_name(name: str) -> str:
    """竹沟镇 → 竹沟: what fits into an area on the map."""
    for ending in ("村民委员会", "居民委员会", "街道办事处", "街道", "镇", "乡", "村委会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def tone_of(row: AreaRow) -> str:
    """`q1` (near the task) to `q5`; an area without households has no colour."""
    if not row.tally.households:
        return "q0"
    passed = sum(row.tally.met_share < step for step in STEPS)
    return f"q{passed + 1}"


def area_map(rows: list[AreaRow], above: Area | None) -> AreaMap | None:
    """The map of these areas; None when there is nothing to draw."""
    drawn = [row for row in rows if row.area is not None]
    if len(drawn) < 2 or (above and above.level == Level.VILLAGE):
        return None
    rings = _boundaries(drawn)
    if rings is not None:
        return rings
    sketch = _sketch(above.code[:6]) if above else None
    if sketch and all(row.area and row.area.prefix in sketch["shapes"] for row in drawn):
        return _from_sketch(drawn, sketch)
    return _tiles(sorted(drawn, key=lambda row: row.area.code if row.area else ""))


# --- The county's own boundaries ----------------------------------------------------------------
def _boundaries(rows: list[AreaRow]) -> AreaMap | None:
    """Drawn from the loaded shapes when every area has one."""
    areas = {row.area.pk: row for row in rows if row.area}
    loaded = {shape.area_id: shape.geometry for shape in AreaShape.objects.filter(area__in=areas)}
    if len(loaded) < len(areas):
        return None
    lands = {pk: rings_of(geometry) for pk, geometry in loaded.items()}
    points = [point for rings in lands.values() for ring in rings for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    scale = min(WIDTH / max((east - west) * narrow, 1e-9), HEIGHT / max(north - south, 1e-9))

    def place(point: Sequence[float]) -> tuple[int, int]:
        return round((point[0] - west) * narrow * scale), round((north - point[1]) * scale)

    shapes = []
    for pk, rings in lands.items():
        largest = [place(point) for point in max(rings, key=len)]
        x, y = _middle(largest)
        path = "".join(_path([place(point) for point in ring]) for ring in rings)
        shapes.append(Shape(areas[pk], path, x, y, tone_of(areas[pk])))
    width, height = place((east, south))
    features = {areas[pk].area.code: geometry for pk, geometry in loaded.items()}  # type: ignore[union-attr]
    return AreaMap(f"-4 -4 {width + 8} {height + 8}", shapes, "boundaries", features)


def rings_of(geometry: dict[str, Any]) -> list[Ring]:
    """The outer and inner rings of a polygon or of several."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def _middle(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return (
        round((min(x for x, _y in points) + max(x for x, _y in points)) / 2),
        round((min(y for _x, y in points) + max(y for _x, y in points)) / 2),
    )


def _path(points: Sequence[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points) + "Z"


# --- A sketch that the project brings along -------------------------------------------------------
@cache
def _sketch(county: str) -> dict[str, Any] | None:
    file = DATA / f"sketch-{county}.json"
    return json.loads(file.read_text()) if file.exists() else None


def _from_sketch(rows: list[AreaRow], sketch: dict[str, Any]) -> AreaMap:
    shapes = []
    for row in rows:
        assert row.area is not None
        drawn = sketch["shapes"][row.area.prefix]
        x, y = drawn["label"]
        shapes.append(Shape(row, _path(drawn["ring"]), x, y, tone_of(row)))
    return AreaMap(" ".join(map(str, sketch["box"])), shapes, "sketch")


# --- Tiles in the order of the codes ---------------------------------------------------------------
def _tiles(rows: list[AreaRow]) -> AreaMap:
    columns = max(2, min(5, ceil(sqrt(len(rows)))))
    width, height = TILE
    shapes = []
    for place, row in enumerate(rows):
        x, y = (place % columns) * (width + GAP), (place // columns) * (height + GAP)
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        shapes.append(Shape(row, _path(corners), x + width // 2, y + height // 2 - 4, tone_of(row)))
    across, down = min(columns, len(rows)), ceil(len(rows) / columns)
    box = f"0 0 {across * (width + GAP) - GAP} {down * (height + GAP) - GAP}"
    return AreaMap(box, shapes, "tiles")
