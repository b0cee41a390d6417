from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from standards.models import DirtyVillage
from standards.services import judge_area, judge_dirty_villages
from tests.desk.county import NEXT_TOWN, NEXT_VILLAGE, OTHER_VILLAGE, POOR, RICH, TOWN, VILLAGE, make_county
from tests.makers import (
    YEAR,
    make_household,
    make_member,
    make_user,
    make_village,
    make_village_year,
)
from tests.signing_in import sign_in


class VillageListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def found(self, query: str = "") -> list[str]:
        return [row.area.code for row in self.client.get(f"/villages/?{query}").context["rows"]]

    def test_each_filter_keeps_its_rows(self):
        cases = {
            "": [VILLAGE, OTHER_VILLAGE, NEXT_VILLAGE],
            f"town={TOWN[:9]}": [VILLAGE, OTHER_VILLAGE],
            "poor=1": [VILLAGE, NEXT_VILLAGE],
            "poor=0": [OTHER_VILLAGE],
            "verdict=met": [VILLAGE, NEXT_VILLAGE],
            "verdict=no_data": [OTHER_VILLAGE],
            "ind_clinic=no_data": [OTHER_VILLAGE],
            "ind_incidence=met": [VILLAGE, NEXT_VILLAGE],
            "doubt=1": [],
            "sort=verdict": [OTHER_VILLAGE, VILLAGE, NEXT_VILLAGE],
            "sort=incidence": [VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE],
            "verdict=foo&town=x": [VILLAGE, OTHER_VILLAGE, NEXT_VILLAGE],
        }
        for query, expected in cases.items():
            with self.subTest(query):
                self.assertEqual(self.found(query), expected)

    def test_chips_count_what_they_would_leave(self):
        for chip in self.client.get("/villages/").context["offered_chips"]:
            with self.subTest(chip.label):
                left = self.client.get("/villages/" + chip.address).context["facets"]
                self.assertEqual(left.villages, chip.count)

    def test_the_next_township_and_nobody(self):
        for code, expected in ((NEXT_TOWN, [NEXT_VILLAGE]), (None, [])):
            place = Area.objects.get(code=code) if code else False
            sign_in(self.client, make_user("township_clerk", place))
            self.assertEqual(self.found(), expected)

    def test_the_number_of_queries_does_not_grow(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                self.found()
            return len(found)

        before = queries()
        for number in range(12):
            make_village_year(make_village(f"4100011013{number:02}", f"新{number}村民委员会"))

        self.assertLessEqual(queries(), before)
        self.assertLessEqual(before, 30)


class VillageDetailTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)
        cls.village = make_village(VILLAGE)

    def setUp(self):
        sign_in(self.client, self.user)

    def page(self):
        return self.client.get(f"/villages/{VILLAGE}/").context["page"]

    def judged_again(self):
        judge_area(self.county, YEAR)
        return self.page()

    def test_three_cases_with_numerator_and_denominator(self):
        cases = {case.kind: case for case in self.page().cases}

        self.assertEqual((cases["now"].households, cases["now"].persons), (3, 4))
        self.assertEqual((cases["eligible"].households, cases["eligible"].leaving), (2, 1))
        self.assertEqual((cases["planned"].persons, cases["planned"].leaving), (3, 1))
        self.assertEqual(cases["now"].percent, "0.40")
        self.assertEqual({case.population for case in cases.values()}, {1000})

    def test_how_many_households_still_must_leave_the_nearest_first(self):
        make_village_year(self.village, population=100)
        for number in range(3):
            near = make_household(f"410001000000010{number}", village=self.village, facts=POOR)
            make_member(near, name=f"近{number}")
        page = self.judged_again()

        # 9 persons stay, fewer than 2 of 100 may: 8 more must leave.
        self.assertEqual(page.still.persons, 8)
        sizes = [row.year.members for row in page.still.nearest]
        self.assertGreaterEqual(sum(sizes), 8)
        self.assertLess(sum(sizes[:-1]), 8)
        self.assertEqual(page.cases[0].outcome, "not_met")
        self.assertEqual(page.things_missing, 1)

    def test_missing_things_are_listed_failing_ones_first(self):
        make_village_year(self.village, standard_clinic=False, committee_broadband=None)
        page = self.judged_again()

        self.assertEqual([panel.indicator.code for panel in page.gaps], ["clinic", "broadband"])
        self.assertEqual(page.things_missing, 2)

    def test_seven_indicators_beside_the_main_test(self):
        page = self.page()

        self.assertEqual(page.main_test.indicator.code, "incidence")
        self.assertEqual(len(page.panels), 7)
        self.assertEqual(page.explanation.verdict, "met")

    def test_without_population_nothing_is_inferred(self):
        page = self.client.get(f"/villages/{OTHER_VILLAGE}/").context["page"]

        self.assertEqual([case.percent for case in page.cases], ["", "", ""])
        self.assertEqual({case.outcome for case in page.cases}, {"no_data"})
        self.assertIsNone(page.still)

    def test_a_change_that_waits_is_said(self):
        from standards.services import mark_villages

        mark_villages([self.village.pk], YEAR)
        self.assertIsNotNone(self.page().waiting_since)

        judge_dirty_villages()
        self.assertFalse(DirtyVillage.objects.exists())
        self.assertIsNone(self.page().waiting_since)

    def test_households_of_the_village_open_their_list(self):
        page = self.page()

        self.assertEqual(page.verdicts, {"met": 1, "not_met": 2, "no_data": 0})
        self.assertEqual([row.household.number[-1] for row in page.households], ["1", "2", "3"])

    def test_a_line_department_sees_the_village_but_no_household(self):
        make_village_year(self.village, population=100)
        make_household("4100010000000100", village=self.village, facts=RICH)
        judge_area(self.county, YEAR)
        sign_in(self.client, make_user("line_department", self.county))

        text = self.client.get(f"/villages/{VILLAGE}/").content.decode()

        self.assertNotIn("张三", text)
        self.assertNotIn("/households/", text)

    def test_foreign_missing_and_odd_codes_do_not_exist(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        for code in (VILLAGE, "410001101999", "abc", TOWN, "４"):
            self.assertEqual(self.client.get(f"/villages/{code}/").status_code, 404, code)
        self.assertEqual(self.client.get(f"/villages/{NEXT_VILLAGE}/").status_code, 200)

    def test_the_number_of_queries_does_not_grow(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                self.page()
            return len(found)

        self.page()
        before = queries()
        for number in range(6):
            make_household(f"410001000000020{number}", village=self.village, facts=POOR)

        self.assertEqual(queries(), before)
        self.assertLessEqual(before, 30)
