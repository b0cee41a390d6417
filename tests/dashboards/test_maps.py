"""Maps: the county's own boundaries, a sketch, or tiles; always the same click targets."""

from django.test import SimpleTestCase, TestCase

from areas.models import Area, AreaShape, Level
from areas.shapes import load_shapes
from dashboards.maps import area_map, short_name, tone_of
from dashboards.queries.areas import AreaRow, Tally
from tests.areas.test_shapes import SQUARE, collection, feature
from tests.desk.county import NEXT_TOWN, TOWN, make_county
from tests.makers import make_area, make_user
from tests.signing_in import sign_in


def row(code: str, met: int = 0, of: int = 0) -> AreaRow:
    tally = Tally(households=of)
    tally.verdicts["met"] = met
    return AreaRow(Area(code=code, name=f"{code}镇", level=Level.TOWNSHIP), tally)


class ToneTests(SimpleTestCase):
    def test_the_further_from_the_task_the_darker(self):
        tones = [tone_of(row("410001101000", met, 100)) for met in (75, 74, 65, 64, 55, 54, 45, 44, 0)]

        self.assertEqual(tones, ["q1", "q2", "q2", "q3", "q3", "q4", "q4", "q5", "q5"])
        self.assertEqual(tone_of(row("410001101000")), "q0")

    def test_names_are_short_enough_for_the_map(self):
        names = ["竹沟镇", "盘龙街道", "西王楼村民委员会", "镇"]

        self.assertEqual([short_name(name) for name in names], ["竹沟", "盘龙", "西王楼", "镇"])


class MapTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)

    def test_an_unknown_county_gets_tiles_that_lead_to_its_areas(self):
        sign_in(self.client, self.user)
        response = self.client.get("/")

        self.assertEqual(response.context["map"].origin, "tiles")
        for code in (TOWN, NEXT_TOWN):
            self.assertContains(response, f'data-code="{code}"')

    def test_the_county_of_the_article_has_a_sketch(self):
        county = make_area("411725000000", Level.COUNTY, "确山县")
        drawn = area_map([row("411725101000", 1, 2), row("411725102000")], county)

        self.assertEqual(drawn.origin, "sketch")
        self.assertEqual([shape.tone for shape in drawn.shapes], ["q4", "q0"])

    def test_loaded_boundaries_take_the_place_of_everything_else(self):
        east = [[x + 0.1, y] for x, y in SQUARE]
        load_shapes(collection(feature(TOWN[:9]), feature(NEXT_TOWN[:9], ring=east)))
        sign_in(self.client, self.user)

        response = self.client.get("/")

        self.assertEqual(response.context["map"].origin, "boundaries")
        self.assertEqual(set(response.context["map"].features), {TOWN, NEXT_TOWN})
        self.assertContains(response, 'id="map-features"')

    def test_one_missing_boundary_is_not_half_a_map(self):
        AreaShape.objects.create(
            area=Area.objects.get(code=TOWN), geometry={"type": "Polygon", "coordinates": [SQUARE]}
        )
        sign_in(self.client, self.user)

        self.assertEqual(self.client.get("/").context["map"].origin, "tiles")
