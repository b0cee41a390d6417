from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.test import TestCase

from households.models import Household
from standards.files import load_standard
from standards.models import HouseholdJudgement, HouseholdResult, VillageResult
from standards.services import judge_area
from tests.makers import YEAR
from tests.standards import oracle
from tests.standards.county import county_area, make_random_county, named_outcomes, standards_for_tests
from villages.models import VillageYear

INVENTED = """
subject = "household"
code = "invented"
title = "另一个标准"
area_prefix = "999001"
starts_on = 2016-01-01
document = "测试文件"
lines = {2010 = 1000, 2016 = 2000}
[[indicators]]
code = "income"
label = "收入"
[[indicators.criteria]]
measure = "per_capita_income"
operator = "ge"
threshold = "line"
excluded_items = ["pension"]
[[indicators]]
code = "housing"
label = "住房"
[[indicators.criteria]]
measure = "house_grade"
operator = "in"
threshold = ["1"]
[[indicators]]
code = "hearts"
label = "民意"
[[indicators.criteria]]
measure = "by_hand"
operator = "hand"
clause = "群众认可"
[[indicators.criteria]]
measure = "by_hand"
operator = "hand"
clause = "议事会同意"
unknown = "when_recorded"
[[indicators]]
code = "medical"
label = "医疗"
gating = false
[[indicators.criteria]]
measure = "medical_insurance"
operator = "le"
threshold = 0
"""


def judge_by_invented(household, year):
    row = household.years.get(year=year)
    members = len(oracle.members_of(household, year))
    net, persons = oracle.net_income(row), row.persons or members or None
    if net is not None:
        net = None if row.pension is None else net - row.pension
    income = None if net is None or persons is None else net >= Decimal(2000) * persons
    if row.house_grade in ("2", "3", "4", "5"):
        housing = False
    elif row.house_grade == "1":
        housing = True
    else:
        housing = oracle.safe_house(row)
    said = [oracle.said_by_hand(household, year, "invented", item) for item in ("hearts-1", "hearts-2")]
    hearts = oracle.all_of(said[0], oracle.recorded(said[1]))
    verdict = oracle.all_of(income, housing, hearts)
    named = {"income": income, "housing": housing, "hearts": hearts, "verdict": verdict}
    return {code: oracle.NAMES[answer] for code, answer in named.items()}


def make_random_judgements(seed: int) -> None:
    """Judgements of some items of some households, and of other years and standards beside them."""
    chance = Random(seed)
    for household in Household.objects.all():
        for item in ("hearts-1", "hearts-2"):
            for standard, year in (("invented", YEAR), ("invented", YEAR - 1), ("other", YEAR)):
                met = chance.choice([True, True, False, None, "none"])
                if met != "none":
                    HouseholdJudgement.objects.create(
                        household=household, year=year, standard=standard, item=item, met=met,
                        note="村民会议", judged_on=date(year, 10, 1), judged_by_name="王五",
                    )  # fmt: skip


@pytest.mark.database
class OracleTests(TestCase):
    """The set-wise answer equals the slow, obvious one."""

    @classmethod
    def setUpTestData(cls):
        cls.versions = standards_for_tests()
        make_random_county(seed=7)
        cls.county = county_area()

    def test_every_household_comes_out_as_the_oracle_says(self):
        judge_area(self.county, YEAR)

        results = {r.household_id: r for r in HouseholdResult.objects.filter(year=YEAR)}
        self.assertEqual(len(results), Household.objects.count())
        for household in Household.objects.all():
            with self.subTest(household=household.number):
                expected = oracle.judge_household(household, YEAR, Decimal(2952))
                found = named_outcomes(results[household.pk], self.versions["household"])
                self.assertEqual(found, expected)

    def test_every_village_comes_out_as_the_oracle_says(self):
        judge_area(self.county, YEAR)

        version = self.versions["household"]
        verdicts = {
            r.household_id: named_outcomes(r, version)["verdict"] for r in HouseholdResult.objects.all()
        }
        results = {r.village_id: r for r in VillageResult.objects.filter(year=YEAR)}
        rows = VillageYear.objects.filter(year=YEAR)
        self.assertEqual(len(results), rows.count())
        for row in rows:
            with self.subTest(village=row.village_id):
                found = named_outcomes(results[row.village_id], self.versions["village"])
                self.assertEqual(found, oracle.judge_village(row, verdicts))

    def test_all_outcomes_occur(self):
        judge_area(self.county, YEAR)

        seen = {
            tuple(
                sorted(
                    set(
                        zip(
                            *HouseholdResult.objects.values_list("outcomes", flat=True), strict=True
                        ).__next__()
                    )
                )
            )
        }
        self.assertEqual(seen, {(0, 1, 2)})

    def test_an_invented_standard_judges_without_python(self):
        version, _new = load_standard(INVENTED, publish=True)
        make_random_judgements(seed=11)

        judge_area(self.county, YEAR)

        self.assertEqual(set(HouseholdResult.objects.values_list("outcomes__2", flat=True)), {0, 1, 2})
        for result in HouseholdResult.objects.select_related("household"):
            self.assertEqual(result.version_id, version.pk)
            expected = judge_by_invented(result.household, YEAR)
            self.assertEqual(named_outcomes(result, version), expected)

    def test_judging_again_writes_nothing(self):
        judge_area(self.county, YEAR)

        again = judge_area(self.county, YEAR)

        self.assertEqual([assessment.changed for assessment in again.values()], [0, 0])
