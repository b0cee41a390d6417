import re

from django.test import TestCase
from django.utils.translation import gettext as _

from areas.models import Area
from households.models import HouseholdYear
from tests.desk.county import NEXT_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in

LINK = re.compile(r'href="(/(?:households|villages)/\?[^"]*)"[^>]*>(.*?)</a>', re.S)


def shown_number(inner: str) -> int | None:
    """The number that a link shows; the first one of a headline."""
    text = re.sub(r"<svg.*?</svg>|<small>.*|<div class=\"(?:k|m)\">.*?</div>", " ", inner, flags=re.S)
    found = re.findall(r"\d[\d,]*", re.sub(r"<[^>]*>", " ", text))
    return int(found[-1].replace(",", "")) if found else None


class AreaPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def test_the_county_is_counted(self):
        context = self.client.get("/").context

        total = context["total"]
        self.assertEqual((total.households, total.members), (6, 7))
        self.assertEqual(dict(total.verdicts), {"met": 2, "not_met": 3, "no_data": 1})
        self.assertEqual(context["area"], self.county)
        self.assertIsNotNone(context["judged_at"])

    def test_every_number_opens_exactly_its_rows(self):
        for page in ("/", f"/?plan={YEAR}", f"/area/{TOWN}/"):
            links = LINK.findall(self.client.get(page).content.decode())
            counted = [(address.replace("&amp;", "&"), shown_number(inner)) for address, inner in links]
            self.assertGreater(len(counted), 40)
            for address, number in counted:
                if number is None:
                    continue
                with self.subTest(page=page, address=address):
                    facets = self.client.get(address).context["facets"]
                    rows = facets.households if "households" in address else facets.villages
                    self.assertEqual(rows, number)

    def test_the_rows_add_up_to_the_total(self):
        context = self.client.get("/").context

        self.assertEqual(sum(row.tally.households for row in context["rows"]), context["total"].households)
        for indicator in context["indicators"]:
            self.assertEqual(sum(indicator["counts"].values()), 6, indicator["code"])

    def test_the_worst_township_stands_first(self):
        rows = self.client.get("/").context["rows"]

        self.assertEqual([row.area.code for row in rows], [NEXT_TOWN, TOWN])

    def test_a_household_that_nobody_judged_counts_as_no_data(self):
        from standards.models import HouseholdResult
        from tests.makers import make_household, make_village

        new = make_household("4100010000000007", village=make_village(VILLAGE))
        HouseholdResult.objects.filter(household=new).delete()

        total = self.client.get("/").context["total"]

        self.assertEqual((total.households, total.verdicts["no_data"]), (7, 2))

    def test_counts_are_taken_anew_after_a_change(self):
        before = self.client.get("/").context["total"].members
        row = HouseholdYear.objects.first()
        from tests.makers import make_member

        make_member(row.household, name="新成员")

        self.assertEqual(self.client.get("/").context["total"].members, before + 1)

    def test_a_user_of_one_township_lands_on_it(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=TOWN)))

        context = self.client.get("/").context

        self.assertEqual(context["area"].code, TOWN)
        self.assertEqual({row.area.code for row in context["rows"]}, {VILLAGE, OTHER_VILLAGE})

    def test_a_user_of_two_townships_sees_both(self):
        from accounts.services import grant_area

        user = make_user("township_clerk", Area.objects.get(code=TOWN))
        grant_area(user, Area.objects.get(code=NEXT_TOWN), actor=None, from_day=user.created_at.date())
        sign_in(self.client, user)

        context = self.client.get("/").context

        self.assertIsNone(context["area"])
        self.assertEqual(context["total"].households, 6)

    def test_a_first_secretary_sees_the_village_by_group(self):
        sign_in(self.client, make_user("first_secretary", Area.objects.get(code=VILLAGE)))

        context = self.client.get("/").context

        self.assertEqual((context["area"].code, context["total"].households), (VILLAGE, 3))
        self.assertEqual([row.name for row in context["rows"]], [_("In no group")])

    def test_somebody_without_a_grant_reads_why_the_page_is_empty(self):
        sign_in(self.client, make_user("county_office", False))

        response = self.client.get("/")

        self.assertTemplateUsed(response, "dashboards/area_none.html")
        self.assertNotIn("rows", response.context)

    def test_the_next_township_does_not_exist(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        self.assertEqual(self.client.get(f"/area/{TOWN}/").status_code, 404)
        self.assertEqual(self.client.get(f"/area/{NEXT_TOWN}/").status_code, 200)

    def test_codes_that_are_none_are_pages_that_do_not_exist(self):
        for code in ("999999999999", "abc", "4100011012011", "-1", "４１０００１"):
            self.assertEqual(self.client.get(f"/area/{code}/").status_code, 404, code)

    def test_a_village_leads_to_everything_about_it(self):
        self.assertContains(self.client.get(f"/area/{VILLAGE}/"), f"/villages/{VILLAGE}/?year={YEAR}")

    def test_the_number_of_queries_stays_small(self):
        self.client.get("/")
        with self.assertNumQueries(FewerThan(31)):
            self.client.get(f"/?plan={YEAR}")


class FewerThan(int):
    """Equal to every smaller number, for `assertNumQueries`."""

    def __eq__(self, other):
        return int(other) < int(self)

    def __ne__(self, other):
        return not self == other

    __hash__ = int.__hash__
