from datetime import date

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from areas.services import make_groups
from core.changes import change
from households.models import Household, HouseholdYear
from standards.doubts import open_doubt
from standards.models import HouseholdResult
from standards.services import judge_households
from tests.desk.county import NEXT_TOWN, RICH, TOWN, VILLAGE, make_county, numbers
from tests.makers import YEAR, make_household, make_user, make_village
from tests.signing_in import sign_in


class HouseholdListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def found(self, query: str = "") -> list[str]:
        return numbers(self.client.get(f"/households/?{query}"))

    def test_everything_stands_in_the_order_of_numbers(self):
        self.assertEqual(self.found(), list("123456"))

    def test_a_row_shows_what_is_missing(self):
        rows = self.client.get("/households/").context["rows"]

        self.assertEqual([mark.outcome for mark in rows[1].marks], ["not_met", "met", "met", "met"])
        self.assertEqual(len(rows[1].missing), 1)
        self.assertEqual(rows[0].missing, [])
        self.assertEqual(rows[0].per_capita, 9000)

    def test_each_filter_keeps_its_rows(self):
        cases = {
            f"town={TOWN[:9]}": "1234",
            f"village={VILLAGE}": "123",
            "area=4100": "123456",
            "verdict=met": "14",
            "verdict=not_met": "235",
            "verdict=no_data": "6",
            "ind_income=not_met": "25",
            "ind_housing=no_data": "6",
            "ind_housing=not_met": "3",
            "cause=01": "25",
            "attr=02": "25",
            "status=poor": "123456",
            "status=out": "",
            f"plan={YEAR}": "14",
            "gap=1600": "25",
            "gap=52.01": "5",
            "gap=52": "",
            "doubt=1": "",
            "source=4": "",
            "changed=2099-01-01": "",
            "changed=2016-01-01": "123456",
        }
        for query, expected in cases.items():
            with self.subTest(query):
                self.assertEqual("".join(self.found(query)), expected)

    def test_filters_combine(self):
        self.assertEqual(self.found(f"town={TOWN[:9]}&ind_income=not_met&cause=01"), ["2"])

    def test_a_group_is_part_of_its_village(self):
        area = make_village(VILLAGE).area
        group = next(iter(make_groups([(area, "东组")]).values()))
        Household.objects.filter(number__endswith="3").update(group=group)

        self.assertEqual(self.found(f"village={VILLAGE}&group={group.code}"), ["3"])

    def test_a_village_outside_the_township_falls_away(self):
        self.assertEqual(self.found(f"town={NEXT_TOWN[:9]}&village={VILLAGE}"), ["5", "6"])

    def test_chips_count_what_they_would_leave(self):
        for query in ("", "cause=01", f"town={TOWN[:9]}", "verdict=not_met", "ind_income=met"):
            context = self.client.get(f"/households/?{query}").context
            self.assertGreater(len(context["offered_chips"]), 1)
            for chip in context["offered_chips"]:
                with self.subTest(query, chip=chip.label):
                    left = self.client.get("/households/" + chip.address).context["facets"]
                    self.assertEqual(left.households, chip.count)

    def test_dropping_a_chip_keeps_the_others(self):
        chips = self.client.get("/households/?cause=01&attr=02").context["set_chips"]

        self.assertEqual(len(chips), 2)
        self.assertIn("attr=02", "".join(chip.address for chip in chips))

    def test_orders(self):
        expected = {"number": "123456", "income": "251436", "verdict": "235614", "gap": "521346"}
        for order, numbers_in_order in expected.items():
            with self.subTest(order):
                self.assertEqual("".join(self.found(f"sort={order}")), numbers_in_order)

    def test_a_household_that_nobody_judged_stands_last(self):
        HouseholdResult.objects.filter(household__number__endswith="5").delete()

        for order, numbers_in_order in {"income": "214365", "gap": "213465", "changed": "123465"}.items():
            with self.subTest(order):
                self.assertEqual("".join(self.found(f"sort={order}")), numbers_in_order)

    def test_the_latest_change_comes_first(self):
        row = HouseholdYear.objects.get(household__number__endswith="6")
        HouseholdYear.objects.filter(pk=row.pk).update(house_grade="1")
        judge_households([row.household_id])

        self.assertEqual(self.found("sort=changed")[0], "6")

    def test_what_an_import_wrote_is_found(self):
        with change("import.applied", source_import=77, user=self.user):
            row = HouseholdYear.objects.get(household__number__endswith="4", year=YEAR)
            HouseholdYear.objects.filter(pk=row.pk).update(toilet=True)

        self.assertEqual(self.found("source=77"), ["4"])

    def test_a_doubt_lies_over_the_row(self):
        household = Household.objects.get(number__endswith="1")
        open_doubt(
            subject="household", subject_id=household.pk, year=YEAR, indicator="income",
            source_kind="finding", source_id=1,
        )  # fmt: skip

        rows = self.client.get("/households/?doubt=1").context["rows"]

        self.assertEqual([row.household for row in rows], [household])
        self.assertEqual([mark.doubt for mark in rows[0].marks], [True, False, False, False])

    def test_cancelled_households_stay_out(self):
        Household.objects.filter(number__endswith="5").update(
            cancelled_on=date(2016, 6, 1), cancelled_reason="错登"
        )

        self.assertEqual(self.found(), list("12346"))

    def test_what_cannot_be_read_is_left_out_and_named(self):
        response = self.client.get(
            "/households/?gap=abc&town=x&verdict=foo&plan=1&changed=2016-13-40&page=zz"
        )

        self.assertEqual(numbers(response), list("123456"))
        self.assertEqual(len(response.context["conditions"].unread), 5)

    def test_the_next_township_and_nobody(self):
        people = {"1234": TOWN, "56": NEXT_TOWN, "": False}
        for expected, place in people.items():
            area = Area.objects.get(code=place) if place else False
            sign_in(self.client, make_user("township_clerk", area))
            with self.subTest(place):
                response = self.client.get("/households/")
                self.assertEqual("".join(numbers(response)), expected)
                self.assertEqual(response.context["facets"].households, len(expected))
                self.assertEqual(self.found(f"village={VILLAGE}"), numbers_inside(expected))

    def test_a_helper_sees_the_granted_households(self):
        from accounts.services import grant_households

        user = make_user("helper", False)
        wanted = Household.objects.get(number__endswith="4")
        grant_households(user, [wanted.pk], actor=None, from_day=date(2016, 1, 1))
        sign_in(self.client, type(user).objects.get(pk=user.pk))

        self.assertEqual(self.found(), ["4"])

    def test_the_number_of_queries_does_not_grow(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                self.client.get("/households/?sort=number")
            return len(found)

        self.client.get("/households/")
        before = queries()
        village = make_village(VILLAGE)
        made = [make_household(f"41000100000001{n:02}", village=village, facts=RICH) for n in range(18)]
        judge_households([household.pk for household in made])

        self.assertEqual(len(self.found()), 24)
        # What was counted before is kept; a change makes it be counted again.
        self.assertLessEqual(abs(queries() - before), 2)
        self.assertLessEqual(queries(), 30)

    def test_pages_keep_the_conditions(self):
        village = make_village(VILLAGE)
        for n in range(30):
            make_household(f"41000100000002{n:02}", village=village, facts=RICH)

        page = self.client.get(f"/households/?village={VILLAGE}&page=2").context["page"]

        self.assertEqual((page.number, page.total, len(page)), (2, 33, 9))
        self.assertIn(f"village={VILLAGE}", page.previous)


def numbers_inside(visible: str) -> list[str]:
    """Which of the first village's households are among those visible."""
    return [number for number in "123" if number in visible]
