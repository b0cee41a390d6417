"""Named cases of villages: both sides of every limit, and nothing recorded."""

from datetime import date

from django.test import TestCase

from households.models import Household
from standards.models import VillageResult
from standards.services import judge_area
from tests.makers import YEAR, make_village, make_village_year
from tests.standards.cases import (
    result_of,
    sound_household,
    sound_village,
    village_outcomes_of,
    village_result_of,
)
from tests.standards.county import county_area, standards_for_tests

# name: (facts, indicator, outcome)
CASES = {
    "no paved road": ({"paved_road": False}, "road", "not_met"),
    "road unknown": ({"paved_road": None}, "road", "no_data"),
    "no bus though it could": ({"bus": False, "bus_feasible": True}, "road", "not_met"),
    "no bus, no conditions for one": ({"bus": False, "bus_feasible": False}, "road", "met"),
    "a bus though conditions are denied": ({"bus": True, "bus_feasible": False}, "road", "met"),
    "bus unknown, no conditions": ({"bus": None, "bus_feasible": False}, "road", "met"),
    "no bus, conditions unknown": ({"bus": False, "bus_feasible": None}, "road", "no_data"),
    "bus unknown, could have one": ({"bus": None, "bus_feasible": True}, "road", "no_data"),
    "the width of the road is not judged": ({"road_width": "0.5"}, "road", "met"),
    "one household without safe water": ({"unsafe_water_households": 1}, "water", "not_met"),
    "one household short of water": ({"difficult_water_households": 1}, "water", "not_met"),
    "water unknown": ({"unsafe_water_households": None}, "water", "no_data"),
    "one unknown, the other not met": (
        {"unsafe_water_households": None, "difficult_water_households": 2}, "water", "not_met",
    ),
    "a hamlet without electricity": ({"no_living_power": 1}, "power", "not_met"),
    "a hamlet without power for production": ({"no_production_power": 1}, "power", "not_met"),
    "power unknown": ({"no_production_power": None}, "power", "no_data"),
    "a household without broadcast": ({"no_broadcast_households": 1}, "broadcast", "not_met"),
    "broadcast unknown": ({"no_broadcast_households": None}, "broadcast", "no_data"),
    "no culture centre": ({"culture_centre": False}, "culture", "not_met"),
    "no reading room": ({"reading_rooms": 0}, "culture", "not_met"),
    "reading rooms unknown": ({"reading_rooms": None}, "culture", "no_data"),
    "no standard clinic": ({"standard_clinic": False}, "clinic", "not_met"),
    "one doctor, physicians unknown": ({"village_doctors": 1, "physicians": None}, "clinic", "met"),
    "doctors unknown, one physician": ({"village_doctors": None, "physicians": 1}, "clinic", "met"),
    "no doctor, physicians unknown": ({"village_doctors": 0, "physicians": None}, "clinic", "no_data"),
    "no doctor, no physician": ({"village_doctors": 0, "physicians": 0}, "clinic", "not_met"),
    "doctors and physicians unknown": ({"village_doctors": None, "physicians": None}, "clinic", "no_data"),
    "no clinic room but a standard clinic": ({"clinics": 0}, "clinic", "met"),
    "committee on broadband, households unknown": ({"broadband_households": None}, "broadband", "met"),
    "committee not, one household on broadband": (
        {"committee_broadband": False, "broadband_households": 1}, "broadband", "met",
    ),
    "committee unknown, one household": (
        {"committee_broadband": None, "broadband_households": 1}, "broadband", "met",
    ),
    "committee not, no household": (
        {"committee_broadband": False, "broadband_households": 0}, "broadband", "not_met",
    ),
    "committee not, households unknown": (
        {"committee_broadband": False, "broadband_households": None}, "broadband", "no_data",
    ),
}  # fmt: skip


class VillageCaseTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()

    def setUp(self):
        self.village = sound_village()

    def with_poor(self, persons: int, population: int | None, **facts) -> dict[str, str]:
        make_village_year(self.village, population=population, **facts)
        sound_household(persons, village=self.village, wage=0)
        return village_outcomes_of(self.village)

    def test_the_seven_indicators(self):
        for number, (name, (facts, indicator, expected)) in enumerate(CASES.items(), start=100):
            with self.subTest(name):
                village = sound_village(f"999001101{number}", **facts)
                outcomes = village_outcomes_of(village)
                self.assertEqual(outcomes.pop(indicator), expected)
                self.assertEqual(outcomes.pop("verdict"), expected)
                self.assertEqual(set(outcomes.values()), {"met"})

    def test_one_fewer_than_two_percent_is_met_though_it_shows_two_percent(self):
        outcomes = self.with_poor(32, 1601)

        self.assertEqual((outcomes["incidence"], outcomes["verdict"]), ("met", "met"))

    def test_exactly_two_percent_is_not_met(self):
        self.assertEqual(self.with_poor(32, 1600)["incidence"], "not_met")

    def test_nobody_poor_among_nobody_is_not_below_two_percent(self):
        make_village_year(self.village, population=0)

        self.assertEqual(village_outcomes_of(self.village)["incidence"], "not_met")

    def test_an_unknown_population_is_no_data(self):
        self.assertEqual(self.with_poor(1, None)["incidence"], "no_data")

    def test_the_register_sheet_fills_an_unknown_population_only(self):
        self.assertEqual(self.with_poor(2, None, register_population=101)["incidence"], "met")
        self.assertEqual(self.with_poor(0, 50, register_population=1000)["incidence"], "not_met")

    def test_a_population_of_zero_is_known(self):
        self.assertEqual(self.with_poor(0, 0, register_population=1000)["incidence"], "not_met")

    def test_who_counts_as_poor(self):
        counted = {
            "new": 1,
            "poor": 1,
            "planned": 1,
            "returned": 1,
            "out_supported": 0,
            "out": 0,
            "cancelled": 0,
        }
        for status, persons in {**counted, None: 0}.items():
            with self.subTest(status):
                before = village_result_of(self.village).poor_persons
                sound_household(1, village=self.village, status=status)
                self.assertEqual(village_result_of(self.village).poor_persons - before, persons)

    def test_a_household_cancelled_by_the_end_of_the_year_does_not_count(self):
        for day, persons in {"2016-12-31": 0, "2017-01-01": 1}.items():
            with self.subTest(day):
                before = village_result_of(self.village).poor_persons
                household = sound_household(1, village=self.village)
                Household.objects.filter(pk=household.pk).update(cancelled_on=day, cancelled_reason="错登")
                self.assertEqual(village_result_of(self.village).poor_persons - before, persons)

    def test_persons_are_those_of_the_register_not_the_stated_ones(self):
        make_village_year(self.village, stated_poor_persons=900)
        sound_household(1, village=self.village, persons=9)

        self.assertEqual(village_result_of(self.village).poor_persons, 1)

    def test_who_could_exit_is_left_out_of_the_second_incidence(self):
        result_of(sound_household(3, village=self.village))
        result_of(sound_household(2, village=self.village, persons=2, wage=0))
        result_of(sound_household(1, village=self.village, wage=None))

        result = village_result_of(self.village)

        self.assertEqual((result.poor_persons, result.staying_persons), (6, 3))

    def test_the_status_of_the_year_counts_not_todays(self):
        household = sound_household(1, village=self.village)
        household.statuses.create(status="out", from_day=date(2017, 1, 1))

        self.assertEqual(village_result_of(self.village).poor_persons, 1)

    def test_what_is_only_considered_never_decides(self):
        for facts in ({"collective_income": 0, "cooperatives": 0}, {"collective_income": None}):
            with self.subTest(facts):
                make_village_year(self.village, **facts)
                self.assertEqual(village_outcomes_of(self.village)["verdict"], "met")

    def test_a_village_without_a_yearly_row(self):
        empty = make_village("999001101299", "空村")
        sound_household(1, village=empty)

        judge_area(county_area(), YEAR)

        self.assertEqual(set(village_outcomes_of(empty).values()), {"no_data"})
        self.assertEqual(VillageResult.objects.get(village=empty).poor_persons, 1)
