from datetime import date
from decimal import Decimal

from django.test import TestCase
from django.utils import translation

from households.models import HouseholdYear, Membership
from standards.explanation import Explanation, explain, missing_sentences
from standards.models import HouseholdResult
from tests.makers import YEAR, make_village_year
from tests.standards.cases import (
    add_member,
    result_of,
    sound_household,
    sound_village,
    village_result_of,
)
from tests.standards.county import standards_for_tests

GRADE_C = {"house_grade": "3"}


class HouseholdExplanationTests(TestCase):
    """Value, demand, clause and gap, made from the stored result alone."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()

    def explain(self, household, language="en") -> Explanation:
        result = result_of(household)
        with translation.override(language):
            return explain(result)

    def panel(self, household, code, language="en"):
        panels = self.explain(household, language).indicators
        return next(c for panel in panels for c in panel.criteria if c.code == code)

    def test_a_met_household_misses_nothing(self):
        explanation = self.explain(sound_household())

        self.assertEqual((explanation.verdict, explanation.missing), ("met", []))
        self.assertEqual(explanation.counts, {"not_met": 0, "no_data": 0, "met": 4})

    def test_income_at_the_line_misses_one_fen(self):
        panel = self.panel(sound_household(wage=Decimal("8856.00")), "per_capita_income")

        self.assertEqual((panel.outcome, panel.value), ("not_met", "2,952.00 yuan a person"))
        self.assertEqual(panel.demand, "more than 2,952.00 yuan a person")
        self.assertEqual(panel.gap, "0.01 yuan more for the whole household (less than 0.01 yuan a person).")
        self.assertIn("exceeds the national line", panel.clause)

    def test_the_gap_is_for_the_whole_household_to_the_fen(self):
        household = sound_household(wage=Decimal("8000.50"))
        panel = self.panel(household, "per_capita_income")
        self.assertEqual(panel.value, "2,666.83 yuan a person")
        self.assertEqual(panel.gap, "855.51 yuan more for the whole household (about 285.17 yuan a person).")

        row = household.years.get()
        HouseholdYear.objects.filter(pk=row.pk).update(wage=Decimal("8000.50") + Decimal("855.50"))
        self.assertEqual(self.explain(household).verdict, "not_met")
        HouseholdYear.objects.filter(pk=row.pk).update(wage=Decimal("8000.50") + Decimal("855.51"))
        self.assertEqual(self.explain(household).verdict, "met")

    def test_a_loss_is_a_negative_income(self):
        panel = self.panel(sound_household(wage=0, operating=Decimal("-300")), "per_capita_income")

        self.assertEqual(panel.value, "−100.00 yuan a person")
        self.assertTrue(panel.gap.startswith("9,156.01 yuan more"))

    def test_unknown_income_asks_for_the_items(self):
        panel = self.panel(sound_household(wage=None), "per_capita_income")

        self.assertEqual((panel.outcome, panel.value), ("no_data", "not recorded"))
        self.assertEqual(panel.gap, "Record every income item and the operating cost of the year.")

    def test_unknown_persons_are_asked_for(self):
        panel = self.panel(sound_household(0, persons=None), "per_capita_income")

        self.assertEqual(panel.gap, "Record how many persons the household has.")

    def test_what_nobody_asked_says_so_and_asks_for_nothing(self):
        panel = self.panel(sound_household(), "food")

        self.assertEqual((panel.outcome, panel.value, panel.gap), ("not_asked", "not asked", ""))

    def test_a_recorded_no_has_to_be_solved(self):
        panel = self.panel(sound_household(food_secure=False), "food")

        self.assertEqual((panel.value, panel.demand), ("no", "enough food: yes"))
        self.assertEqual(panel.gap, "Solve: enough food.")

    def test_children_are_counted_to_the_person(self):
        household = sound_household(1)
        add_member(household, date(2008, 3, 1), school_status="01")
        add_member(household, date(2009, 3, 1), school_status="01")
        add_member(household, date(2010, 3, 1), school_status="03")
        add_member(household, date(2007, 3, 1), school_status=None)

        panel = self.panel(household, "schooling")

        self.assertEqual(panel.value, "2 of 4 children out of school, 1 not known")
        self.assertEqual(panel.gap, "Bring 2 children back to school.")

    def test_one_child_is_singular(self):
        household = sound_household(1)
        add_member(household, date(2008, 3, 1), school_status=None)

        self.assertEqual(self.panel(household, "schooling").gap, "Record whether 1 child is in school.")

    def test_members_without_insurance_are_counted(self):
        household = sound_household(2)
        add_member(household, medical_insurance=False)
        add_member(household, medical_insurance=None, health=["03"], serious_illness_relief=False)

        insured, ill = (self.panel(household, code) for code in ("medical_insurance", "serious_illness"))

        self.assertEqual((insured.value, insured.gap), ("2 of 4 insured, 1 not known", "Insure 1 member."))
        self.assertEqual(
            (ill.value, ill.gap), ("0 of 1 seriously ill covered", "Cover 1 seriously ill member.")
        )

    def test_no_member_at_all(self):
        panel = self.panel(sound_household(0), "medical_insurance")

        self.assertEqual(
            (panel.value, panel.gap), ("no member recorded", "Register the members of the household.")
        )

    def test_the_house_by_grade_and_by_flag(self):
        cases = [
            (GRADE_C, "C级", "Repair, rebuild or move out of the dangerous house."),
            ({"house_grade": "9", "dilapidated": True}, "dilapidated, no grade", "Repair, rebuild or move out of the dangerous house."),
            ({"house_grade": None, "dilapidated": False}, "not dilapidated, no grade", ""),
            ({"house_grade": None}, "not appraised", "Have the house appraised and record its grade."),
        ]  # fmt: skip
        for facts, value, gap in cases:
            with self.subTest(value):
                panel = self.panel(sound_household(**facts), "house_grade")
                self.assertEqual((panel.value, panel.gap), (value, gap))

    def test_what_is_not_met_stands_before_what_is_unknown(self):
        household = sound_household(wage=None, house_grade="4")

        self.assertEqual(
            self.explain(household).missing,
            [
                "Repair, rebuild or move out of the dangerous house.",
                "Record every income item and the operating cost of the year.",
            ],
        )
        with translation.override("en"):
            self.assertEqual(missing_sentences(result_of(household))[0][:6], "Repair")

    def test_the_decisive_demand_is_the_headline(self):
        panel = self.explain(sound_household(clothing_secure=False)).indicators[0]

        self.assertEqual(panel.headline.code, "clothing")

    def test_clauses_and_names_in_chinese(self):
        explanation = self.explain(sound_household(**GRADE_C), "zh-hans")

        housing = explanation.indicators[3]
        self.assertEqual(
            (housing.name, housing.clause), ("住房安全", "住房条件明显改善，有自有住房，无危房。")
        )
        self.assertEqual((housing.criteria[0].name, housing.criteria[0].value), ("无危房", "C级"))
        self.assertIn("C 级", housing.criteria[0].clause)

    def test_every_criterion_has_a_demand_and_a_clause_in_both_languages(self):
        for language in ("zh-hans", "en"):
            for panel in self.explain(sound_household(), language).indicators:
                for criterion in panel.criteria:
                    with self.subTest(criterion.code, language=language):
                        self.assertTrue(criterion.demand and criterion.clause and criterion.name)

    def test_nothing_is_recomputed_when_the_facts_change(self):
        household = sound_household(wage=Decimal("8856.00"))
        result = result_of(household)
        with translation.override("en"):
            before = explain(result)
            HouseholdYear.objects.update(wage=Decimal("99999"), house_grade="4")
            Membership.objects.update(to_day=date(YEAR, 2, 1), to_reason="01")

            after = explain(HouseholdResult.objects.get(household=household))

        self.assertEqual(after, before)

    def test_an_explanation_asks_the_database_for_nothing_once_the_version_is_known(self):
        result = result_of(sound_household())
        explain(result)

        with self.assertNumQueries(0):
            explain(result)


class VillageExplanationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.village = sound_village()

    def explain(self, **facts) -> Explanation:
        make_village_year(self.village, **facts)
        with translation.override("en"):
            return explain(village_result_of(self.village))

    def test_four_persons_and_the_clinic_are_missing(self):
        sound_household(5, village=self.village, wage=0)

        explanation = self.explain(population=100, standard_clinic=False)

        self.assertEqual(
            explanation.missing,
            ["4 more persons out of poverty.", "Solve: a standard clinic."],
        )

    def test_the_incidence_shows_its_parts(self):
        sound_household(5, village=self.village, wage=0)

        panel = self.explain(population=1601).indicators[0].criteria[0]

        self.assertEqual((panel.value, panel.demand), ("0.31 %（5 / 1,601）", "poverty incidence < 2 %"))

    def test_persons_to_go_are_exact_on_both_sides_of_the_limit(self):
        sound_household(5, village=self.village, wage=0)
        for population, missing in {
            251: [],
            250: ["1 more person out of poverty."],
            51: ["4 more persons out of poverty."],
        }.items():
            with self.subTest(population):
                self.assertEqual(self.explain(population=population).missing, missing)

    def test_without_population_it_is_asked_for(self):
        for population in (None, 0):
            with self.subTest(population):
                self.assertEqual(
                    self.explain(population=population).missing, ["Record the population of the village."]
                )

    def test_two_facts_of_which_one_is_enough(self):
        panel = self.explain(village_doctors=0, physicians=None).indicators[6].criteria[1]

        self.assertEqual(
            panel.value, "qualified village doctors 0；licensed or assistant physicians not recorded"
        )
        self.assertEqual(panel.gap, "Find out and record: a qualified village doctor or physician.")

    def test_what_is_only_considered_is_shown(self):
        panel = self.explain(collective_income=Decimal("52000"), cooperatives=None).indicators[-1]

        self.assertEqual((panel.outcome, panel.gating), ("considered", False))
        self.assertEqual(panel.criteria[0].value, "52,000 yuan")
        self.assertEqual([criterion.outcome for criterion in panel.criteria], ["considered", "considered"])
