"""Boundaries from GeoJSON: what is taken, and each thing that is refused."""

import json
from io import StringIO

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import TestCase

from areas.models import AreaShape
from areas.shapes import MOST_BYTES, load_shapes
from core.models import Change
from tests.makers import make_township

SQUARE = [[114.0, 32.8], [114.1, 32.8], [114.1, 32.9], [114.0, 32.9], [114.0, 32.8]]


def feature(code="999001101", ring=SQUARE, kind="Polygon"):
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **more) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


class ShapeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.town = make_township()

    def test_a_polygon_is_kept_by_code_with_one_change(self):
        self.assertEqual(load_shapes(collection(feature())), 1)

        self.assertEqual(AreaShape.objects.get().area, self.town)
        self.assertEqual(Change.objects.filter(kind="areas.shapes_loaded").count(), 1)

    def test_loading_again_replaces(self):
        load_shapes(collection(feature()))
        load_shapes(collection(feature(kind="MultiPolygon")))

        self.assertEqual(AreaShape.objects.get().geometry["type"], "MultiPolygon")

    def test_what_is_wrong_is_said_and_nothing_is_written(self):
        far = [[x * 100000, y * 100000] for x, y in SQUARE]
        wrong = {
            "no JSON": b"{",
            "not text": b"\xff\xfe\x00",
            "a list": b"[]",
            "nothing": collection(),
            "metres": collection(feature(ring=far)),
            "swapped axes": collection(feature(ring=[[y, x] for x, y in SQUARE])),
            "not closed": collection(feature(ring=SQUARE[:-1])),
            "a line": collection(feature(ring=[SQUARE[0], SQUARE[1], SQUARE[1], SQUARE[0]])),
            "too few points": collection(feature(ring=[SQUARE[0], SQUARE[1], SQUARE[0]])),
            "a point": collection({**feature(), "geometry": {"type": "Point", "coordinates": [114, 32]}}),
            "no geometry": collection({**feature(), "geometry": None}),
            "words for numbers": collection(feature(ring=[["a", "b"]] * 4)),
            "no code": collection({**feature(), "properties": {}}),
            "no properties": collection({**feature(), "properties": None}),
            "an unknown area": collection(feature(code="999001199")),
            "twice": collection(feature(), feature(code="999001101000")),
            "another datum": collection(feature(), crs={"properties": {"name": "EPSG:4490"}}),
            "too large": b" " * (MOST_BYTES + 1),
            "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        }
        for name, content in wrong.items():
            with self.subTest(name), self.assertRaises(ValidationError):
                load_shapes(content)
        self.assertFalse(AreaShape.objects.exists())

    def test_an_area_of_another_county_is_refused(self):
        with self.assertRaises(ValidationError):
            load_shapes(collection(feature()), county="410001")

    def test_the_command_says_how_many_or_what_is_wrong(self):
        from tempfile import NamedTemporaryFile

        with NamedTemporaryFile(suffix=".geojson") as file:
            file.write(collection(feature()))
            file.flush()
            out = StringIO()
            call_command("load_shapes", file.name, stdout=out)
        self.assertEqual(out.getvalue().strip(), "shapes: 1 loaded")
        with self.assertRaises(CommandError):
            call_command("load_shapes", "/nowhere.geojson")
