"""Named cases a case worker can check: both sides of every limit, and nothing recorded."""

from datetime import date
from decimal import Decimal

from django.test import TestCase

from households.codes import HouseGrade
from households.models import HouseholdStatus, Membership
from tests.makers import make_household
from tests.standards.cases import add_member, outcomes_of, result_of, sound_household
from tests.standards.county import standards_for_tests

PARTS = ("family_planning", "dibao", "wubao", "pension", "ecology", "other_transfer")
SIX_PARTS = dict.fromkeys(PARTS, Decimal("500.00"))

# The line of 2016 is 2,952 yuan; three persons need more than 8,856.00.
INCOME = {
    "8,856.00 for 3 persons equals the line": ({"wage": "8856.00"}, "not_met"),
    "8,856.01 for 3 persons exceeds the line": ({"wage": "8856.01"}, "met"),
    "wage unknown": ({"wage": None}, "no_data"),
    "operating income unknown": ({"operating": None}, "no_data"),
    "property income unknown": ({"property_income": None}, "no_data"),
    "operating cost unknown": ({"operating_cost": None}, "no_data"),
    "a stated zero is no unknown": ({"wage": "0", "property_income": "8856.01"}, "met"),
    "the cost is taken off": ({"wage": "8900.00", "operating_cost": "44.00"}, "not_met"),
    "a loss is taken off": ({"wage": "8900.00", "operating": "-44.00"}, "not_met"),
    "transfer alone": ({"wage": "0", "transfer": "8856.01"}, "met"),
    "transfer as stated, its parts are not added": (
        {"wage": "8000.00", "transfer": "856.00", **SIX_PARTS},
        "not_met",
    ),
    "transfer unstated: the sum of all six parts": (
        {"wage": "5856.01", "transfer": None, **SIX_PARTS},
        "met",
    ),
    "six parts to the fen": ({"wage": "5856.00", "transfer": None, **SIX_PARTS}, "not_met"),
    "one part of six is missing": (
        {"wage": "99999", "transfer": None, **SIX_PARTS, "wubao": None},
        "no_data",
    ),
    "transfer and all parts unknown": ({"wage": "99999", "transfer": None}, "no_data"),
    "transfer stated as zero, parts stated": ({"wage": "8856", "transfer": "0", **SIX_PARTS}, "not_met"),
    "parts of property are never added": (
        {"wage": "8856.00", "asset_dividend": "500", "other_property": "500"},
        "not_met",
    ),
    "property unknown, its parts stated": (
        {"property_income": None, "asset_dividend": "9000", "other_property": "0"},
        "no_data",
    ),
    "stated totals never judge": (
        {"wage": None, "stated_gross": "90000", "stated_net": "90000", "stated_per_capita": "30000"},
        "no_data",
    ),
    "stated totals against the computed sum": ({"wage": "8856.00", "stated_net": "90000"}, "not_met"),
    "four persons stated, three registered": ({"persons": 4}, "not_met"),
    "two persons stated, three registered": ({"persons": 2, "wage": "5904.01"}, "met"),
    "persons unstated: three members counted": ({"persons": None}, "met"),
    "food recorded as no": ({"food_secure": False}, "not_met"),
    "food recorded as yes": ({"food_secure": True}, "met"),
    "clothing recorded as no": ({"clothing_secure": False}, "not_met"),
    "no stable source": ({"stable_source": False}, "not_met"),
    "no safe water": ({"safe_water": False}, "not_met"),
    "water of the register's sheet only": ({"register_safe_water": False}, "met"),
    "income unknown and food no": ({"wage": None, "food_secure": False}, "not_met"),
    "income unknown and food yes": ({"wage": None, "food_secure": True}, "no_data"),
}  # fmt: skip

HOUSING = {
    "grade A": ({"house_grade": "1"}, "met"),
    "grade B": ({"house_grade": "2"}, "met"),
    "grade C": ({"house_grade": "3"}, "not_met"),
    "grade D": ({"house_grade": "4"}, "not_met"),
    "safe house without letter": ({"house_grade": "5"}, "met"),
    "grade C though not dilapidated": ({"house_grade": "3", "dilapidated": False}, "not_met"),
    "grade A though dilapidated": ({"house_grade": "1", "dilapidated": True}, "met"),
    "其他 falls back to the flag: no": ({"house_grade": "9", "dilapidated": False}, "met"),
    "其他 falls back to the flag: yes": ({"house_grade": "9", "dilapidated": True}, "not_met"),
    "其他 and no flag": ({"house_grade": "9"}, "no_data"),
    "no grade, not dilapidated": ({"house_grade": None, "dilapidated": False}, "met"),
    "no grade, dilapidated": ({"house_grade": None, "dilapidated": True}, "not_met"),
    "the yearly flag stands before the register's": (
        {"house_grade": None, "dilapidated": False, "register_dilapidated": True},
        "met",
    ),
    "the register's flag when the yearly one is unknown": (
        {"house_grade": None, "register_dilapidated": True},
        "not_met",
    ),
    "the register says no": ({"house_grade": None, "register_dilapidated": False}, "met"),
    "nothing known about the house": ({"house_grade": None}, "no_data"),
    "own dwelling: no": ({"own_dwelling": False}, "not_met"),
    "own dwelling: yes": ({"own_dwelling": True}, "met"),
    "house unknown and no own dwelling": ({"house_grade": None, "own_dwelling": False}, "not_met"),
}

# (birth date, school status, reason of dropping out); 01 is not enrolled.
EDUCATION = {
    "six on 1 September": (date(2010, 9, 1), "01", None, "not_met"),
    "six the day after": (date(2010, 9, 2), "01", None, "met"),
    "fifteen still, sixteen the day after": (date(2000, 9, 2), "01", None, "not_met"),
    "sixteen on 1 September": (date(2000, 9, 1), "01", None, "met"),
    "born on a leap day, eight": (date(2008, 2, 29), "01", None, "not_met"),
    "born on a leap day, sixteen": (date(2000, 2, 29), "01", None, "met"),
    "in primary school": (date(2008, 2, 29), "03", None, "met"),
    "in pre-school at six": (date(2010, 9, 1), "02", None, "met"),
    "not recorded": (date(2008, 2, 29), None, None, "no_data"),
    "not recorded, too young": (date(2015, 1, 1), None, None, "met"),
    "dropped out because of poverty": (date(2005, 3, 1), "01", "01", "not_met"),
    "dropped out because of illness, documented": (date(2005, 3, 1), "01", "02", "met"),
    "finished compulsory school": (date(2001, 3, 1), "01", "05", "met"),
    "a reason but no school status": (date(2005, 3, 1), None, "02", "no_data"),
    "no birth date, not enrolled": (None, "01", None, "no_data"),
    "no birth date, not enrolled, excused": (None, "01", "03", "met"),
    "no birth date, at school": (None, "03", None, "met"),
    "no birth date, nothing recorded": (None, None, None, "no_data"),
}

MEDICAL = {
    "insured": ({}, "met"),
    "not insured": ({"medical_insurance": False}, "not_met"),
    "insurance not recorded": ({"medical_insurance": None}, "no_data"),
    "seriously ill and covered": ({"health": ["03"], "serious_illness_relief": True}, "met"),
    "seriously ill, not covered": ({"health": ["03"], "serious_illness_relief": False}, "not_met"),
    "seriously ill, cover not recorded": ({"health": ["03"], "serious_illness_relief": None}, "no_data"),
    "chronic illness, not covered": ({"health": ["02"], "serious_illness_relief": False}, "met"),
    "disabled, not covered": ({"health": ["04"], "serious_illness_relief": False}, "met"),
    "serious illness among others": ({"health": ["02", "03"], "serious_illness_relief": False}, "not_met"),
    "health not recorded": ({"health": None, "serious_illness_relief": None}, "met"),
    "ill, covered, not insured": (
        {"health": ["03"], "serious_illness_relief": True, "medical_insurance": False},
        "not_met",
    ),
}


class HouseholdCaseTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()

    def test_income(self):
        for name, (facts, expected) in INCOME.items():
            with self.subTest(name):
                facts = {key: Decimal(fact) if isinstance(fact, str) else fact for key, fact in facts.items()}
                self.assertEqual(outcomes_of(sound_household(**facts))["income"], expected)

    def test_housing(self):
        self.assertEqual({grade.value for grade in HouseGrade}, {"1", "2", "3", "4", "5", "9"})
        for name, (facts, expected) in HOUSING.items():
            with self.subTest(name):
                self.assertEqual(outcomes_of(sound_household(1, **facts))["housing"], expected)

    def test_education(self):
        for name, (birth_date, school_status, reason, expected) in EDUCATION.items():
            with self.subTest(name):
                household = sound_household(1)
                add_member(household, birth_date, school_status=school_status, dropout_reason=reason)
                self.assertEqual(outcomes_of(household)["education"], expected)

    def test_medical(self):
        for name, (facts, expected) in MEDICAL.items():
            with self.subTest(name):
                household = sound_household(1)
                add_member(household, **facts)
                self.assertEqual(outcomes_of(household)["medical"], expected)

    def test_one_not_insured_beats_another_unknown(self):
        household = sound_household(1)
        add_member(household, medical_insurance=None)
        add_member(household, medical_insurance=False)

        self.assertEqual(outcomes_of(household)["medical"], "not_met")

    def test_without_members_insurance_is_unknown_and_schooling_met(self):
        outcomes = outcomes_of(sound_household(0))

        self.assertEqual((outcomes["medical"], outcomes["education"]), ("no_data", "met"))

    def test_without_persons_and_members_income_is_unknown(self):
        self.assertEqual(outcomes_of(sound_household(0, persons=None))["income"], "no_data")

    def test_a_household_without_any_yearly_fact(self):
        outcomes = outcomes_of(make_household(head=None))

        expected = {"income": "no_data", "education": "met", "medical": "no_data", "housing": "no_data"}
        self.assertEqual(outcomes, {**expected, "verdict": "no_data"})

    def test_all_four_met(self):
        self.assertEqual(outcomes_of(sound_household())["verdict"], "met")

    def test_not_met_beats_no_data_in_the_verdict(self):
        self.assertEqual(outcomes_of(sound_household(wage=None, house_grade="4"))["verdict"], "not_met")

    def test_one_unknown_makes_the_verdict_unknown(self):
        self.assertEqual(outcomes_of(sound_household(house_grade=None))["verdict"], "no_data")

    def test_every_status_is_judged_alike(self):
        for status in (*HouseholdStatus._meta.get_field("status").choices, (None, "")):
            with self.subTest(status[0]):
                self.assertEqual(outcomes_of(sound_household(status=status[0]))["verdict"], "met")

    def test_who_left_before_the_end_of_the_year_does_not_count(self):
        household = sound_household(3, persons=None)
        leaver = add_member(household, medical_insurance=False)
        self.assertEqual(outcomes_of(household)["medical"], "not_met")

        Membership.objects.filter(pk=leaver.pk).update(to_day=date(2016, 12, 31), to_reason="01")

        self.assertEqual(outcomes_of(household), {**outcomes_of(household), "verdict": "met"})

    def test_the_exact_quotient_shows_as_the_line_but_is_met(self):
        result = result_of(sound_household())

        self.assertEqual((result.net_income, result.persons), (Decimal("8856.01"), 3))
        self.assertEqual(round(result.net_income / result.persons, 2), Decimal("2952.00"))
