"""Every number of the overview opens just its rows, and the rows add up to it."""

import re

from django.test import TestCase
from django.utils.html import strip_tags

from areas.models import Area, Level
from households.models import Household
from standards.doubts import open_doubt
from tests.dashboards.test_area_page import shown_number
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_area, make_user
from tests.signing_in import sign_in

LINK = re.compile(r'<a\b[^>]*href="(/(?:households|villages)/\?[^"]*)"[^>]*>(.*?)</a>', re.S)
PAGES = (
    "/",
    f"/?plan={YEAR}",
    f"/area/{TOWN}/",
    f"/area/{NEXT_TOWN}/?plan={YEAR}",
    f"/area/{VILLAGE}/",
    f"/area/{VILLAGE}/?plan={YEAR}",
)
# Each page shows at least these: headline, indicators, routes, incomes, causes.
PARTS = ("verdict=met", "ind_income=not_met", "route=", "band=0", "band=none", "cause=", "doubt=1")


class TileTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        group = make_area(VILLAGE + "001", Level.GROUP, "一组", Area.objects.get(code=VILLAGE))
        Household.objects.filter(number="4100010000000001").update(group=group)
        open_doubt(
            subject="household",
            subject_id=Household.objects.get(number="4100010000000002").pk,
            year=YEAR,
            indicator="income",
            source_kind="test",
            source_id=1,
        )
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def test_every_number_of_every_page_opens_just_its_rows(self):
        found = {}
        for page in PAGES:
            for address, inner in LINK.findall(self.client.get(page).content.decode()):
                number = shown_number(inner)
                if number is not None:
                    found.setdefault(address.replace("&amp;", "&"), set()).add((page, number))

        self.assertGreater(len(found), 150)
        for address, shown in sorted(found.items()):
            with self.subTest(address=address):
                self.assertEqual({number for _page, number in shown}, {self._rows(address)}, shown)

    def _rows(self, address: str) -> int:
        facets = self.client.get(address).context["facets"]
        return facets.households if address.startswith("/households") else facets.villages

    def test_every_picture_is_on_every_page(self):
        for page in PAGES:
            content = self.client.get(page).content.decode()
            for part in PARTS:
                with self.subTest(page=page, part=part):
                    present = part in content or (part in ("route=", "cause=") and "plan" in page)
                    self.assertTrue(present)

    def test_parts_add_up_to_the_whole(self):
        for page in PAGES:
            context = self.client.get(page).context
            whole = context["total"].households
            sums = {
                "rows": sum(row.tally.households for row in context["rows"]),
                "verdicts": sum(context["total"].verdicts.values()),
                "routes": sum(one.group.households for one in context["routes"]),
                "causes": sum(one.group.households for one in context["causes"]),
                "incomes": sum(bar.households for bar in context["income"].bars),
                **{one["code"]: sum(one["counts"].values()) for one in context["indicators"]},
            }
            for name, number in sums.items():
                with self.subTest(page=page, part=name):
                    self.assertEqual(number, whole)
            met = sum(one.group.met for one in context["causes"])
            self.assertEqual(met, context["total"].verdicts["met"])

    def test_the_things_to_do_open_as_many_rows_as_they_say(self):
        for page in PAGES[:1] + PAGES[2:3]:
            matters = self.client.get(page).context["matters"]
            self.assertTrue(matters)
            for one in matters:
                if one.unit != "%":
                    with self.subTest(page=page, title=one.title):
                        self.assertEqual(self._rows(one.address), int(one.number.replace(",", "")))

    def test_no_part_uses_a_style_attribute(self):
        for page in PAGES:
            self.assertNotIn("style=", self.client.get(page).content.decode())

    def test_groups_of_a_village_stand_beside_each_other(self):
        rows = self.client.get(f"/area/{VILLAGE}/").context["rows"]

        self.assertEqual({(row.name, row.tally.households) for row in rows if row.area}, {("一组", 1)})
        self.assertIn("一组", strip_tags(self.client.get(f"/area/{VILLAGE}/").content.decode()))
