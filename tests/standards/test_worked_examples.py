"""The worked household and village of `docs/standards.md` come out as the page says."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.test import TestCase
from django.utils import translation

from standards.explanation import explain
from standards.income import income_steps
from tests.makers import make_village_year
from tests.standards.cases import add_member, result_of, sound_household, sound_village, village_result_of
from tests.standards.county import named_outcomes, standards_for_tests

PAGE = Path(settings.BASE_DIR, "docs", "standards.md").read_text(encoding="utf-8")
FACTS = {
    "persons": 4,
    "wage": Decimal("7200.00"),
    "operating": Decimal("3600.00"),
    "property_income": Decimal("0"),
    "transfer": None,
    "family_planning": Decimal("0"),
    "dibao": Decimal("1440.00"),
    "wubao": Decimal("0"),
    "pension": Decimal("936.00"),
    "ecology": Decimal("180.50"),
    "other_transfer": Decimal("0"),
    "operating_cost": Decimal("1850.00"),
    "house_grade": None,
    "dilapidated": False,
}


class WorkedExampleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.versions = standards_for_tests()

    def test_the_household(self):
        household = sound_household(2, **FACTS)
        add_member(household, date(2006, 9, 2), school_status="03")
        add_member(household, date(1970, 5, 1), health=["03"], serious_illness_relief=True)
        result = result_of(household)

        with translation.override("en"):
            steps = income_steps(household.years.get(), result)
            missing = explain(result).missing
        outcomes = named_outcomes(result, self.versions["household"])
        expected = {"income": "not_met", "education": "met", "medical": "met", "housing": "met"}
        self.assertEqual(outcomes, {**expected, "verdict": "not_met"})
        self.assertEqual(missing, ["301.51 yuan more for the whole household (about 75.37 yuan a person)."])
        for step in steps[:5] + steps[5:8:2]:
            self.assertIn(f"{step.amount:,.2f}", PAGE)

    def test_the_village(self):
        village = sound_village(population=None, register_population=1601, village_doctors=0, physicians=None)
        sound_household(5, village=village, persons=2)
        sound_household(31, village=village, wage=0)
        for household in village.households.all():
            result_of(household)
        result = village_result_of(village)

        with translation.override("en"):
            explanation = explain(result)
        outcomes = named_outcomes(result, self.versions["village"])
        self.assertEqual((outcomes.pop("incidence"), outcomes.pop("clinic")), ("not_met", "no_data"))
        self.assertEqual((outcomes.pop("verdict"), set(outcomes.values())), ("not_met", {"met"}))
        self.assertEqual(explanation.missing[0], "4 more persons out of poverty.")
        self.assertEqual((result.poor_persons, result.staying_persons), (36, 31))
        self.assertIn("2.25 %", explanation.indicators[0].criteria[0].value)
        make_village_year(village, physicians=1)
        self.assertEqual(
            named_outcomes(village_result_of(village), self.versions["village"])["clinic"], "met"
        )
