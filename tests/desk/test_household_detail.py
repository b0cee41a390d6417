from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from core import secrets
from core.changes import change
from households.models import Household, HouseholdNumberAlias, HouseholdYear, Membership
from standards.doubts import open_doubt
from tests.desk.county import NEXT_TOWN, TOWN, make_county
from tests.makers import YEAR, make_household_year, make_id_number, make_member, make_user
from tests.signing_in import sign_in

NUMBER = "4100010000000002"


class HouseholdDetailTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)
        cls.household = Household.objects.get(number=NUMBER)

    def setUp(self):
        sign_in(self.client, self.user)

    def get(self, query: str = ""):
        return self.client.get(f"/households/{NUMBER}/{query}")

    def test_four_panels_in_the_order_of_the_standard(self):
        page = self.get().context["page"]

        self.assertEqual(
            [(panel.indicator.code, panel.css) for panel in page.panels],
            [("income", "not"), ("education", "met"), ("medical", "met"), ("housing", "met")],
        )
        self.assertEqual(len(page.panels[0].indicator.gaps), 1)

    def test_the_income_adds_up(self):
        page = self.get().context["page"]

        amounts = {step.kind: step.amount for step in page.steps}
        self.assertEqual(amounts["sum"], 2900)
        self.assertEqual(amounts["result"], 1450)
        self.assertEqual(page.per_capita, 1450)
        self.assertTrue(page.income_gap)

    def test_a_fact_names_its_source(self):
        row = HouseholdYear.objects.get(household=self.household, year=YEAR)
        with change("household.saved", user=self.user, reason="补录", evidence="粮站收据"):
            HouseholdYear.objects.filter(pk=row.pk).update(wage=2950)

        origins = self.get().context["page"].panels[0].origins

        self.assertIn(self.user.username, str(origins[0]))
        self.assertIn("粮站收据", str(origins[0]))

    def test_a_doubt_lies_over_its_panel(self):
        open_doubt(
            subject="household", subject_id=self.household.pk, year=YEAR, indicator="medical",
            source_kind="suspect", source_id=5,
        )  # fmt: skip

        panel = self.get().context["page"].panels[2]

        self.assertEqual((panel.css, panel.indicator.outcome), ("doubt", "met"))

    def test_secrets_are_masked(self):
        plain = make_id_number()
        make_member(self.household, name="马六", id_number=plain)

        text = self.get().content.decode()

        self.assertIn("马六", text)
        self.assertNotIn(plain, text)
        self.assertNotIn(plain[6:14], text)
        self.assertIn(plain[:3] + "*" * 15, text)

    def test_the_history_tells_old_and_new_but_no_secret(self):
        member = Membership.objects.filter(household=self.household).select_related("person").first()
        plain = make_id_number()
        with change("household.saved", user=self.user, reason="更正"):
            HouseholdYear.objects.filter(household=self.household).update(wage=3000, main_cause="02")
            member.person.id_number = secrets.seal(
                table="households_person", field="id_number", subject_id=member.person_id, plain=plain
            )
            member.person.save(update_fields=["id_number"])

        response = self.client.get(f"/households/{NUMBER}/history/", headers={"hx-request": "true"})

        text = response.content.decode()
        self.assertTemplateUsed(response, "desk/_history.html")
        self.assertTemplateNotUsed(response, "base.html")
        for words in ("因病", "因残", "2,900.00", "3,000.00", "更正", "证件号码"):
            self.assertIn(words, text)
        self.assertNotIn(plain, text)
        self.assertNotIn(str(member.person.id_number_id), _ins(text))

    def test_the_history_is_a_page_of_its_own_without_scripts(self):
        response = self.client.get(f"/households/{NUMBER}/history/?all=1")

        self.assertTemplateUsed(response, "desk/household_history.html")

    def test_years_stand_side_by_side(self):
        make_household_year(self.household, YEAR - 1, house_grade="2", house_area=80)

        table = self.get().context["page"].table

        row = next(row for row in table.rows if row.label == "危房级别")
        self.assertEqual(table.years, [YEAR - 1, YEAR])
        self.assertEqual(row.values, ["B级", "A级"])

    def test_another_year_is_shown_when_asked(self):
        make_household_year(self.household, YEAR - 1)

        self.assertEqual(self.get(f"?year={YEAR - 1}").context["page"].year, YEAR - 1)
        for wrong in ("1999", "abc", "", "20166", "²⁰¹⁶"):
            self.assertEqual(self.get(f"?year={wrong}").context["page"].year, YEAR, wrong)

    def test_a_year_never_judged_shows_its_facts(self):
        make_household_year(self.household, YEAR - 1, house_area=80)

        page = self.get(f"?year={YEAR - 1}").context["page"]

        self.assertIsNone(page.explanation)
        self.assertEqual(page.panels, [])

    def test_an_old_number_leads_to_the_new_one(self):
        HouseholdNumberAlias.objects.create(
            household=self.household, number="4100019999999999", county=self.household.county
        )

        response = self.client.get("/households/4100019999999999/")

        self.assertRedirects(response, f"/households/{NUMBER}/")

    def test_foreign_and_missing_look_alike(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))
        answers = [self.client.get(f"/households/{number}/") for number in (NUMBER, "4100010000009999")]

        self.assertEqual([answer.status_code for answer in answers], [404, 404])
        bodies = [_without_number(answer.content.decode()) for answer in answers]
        self.assertEqual(bodies[0], bodies[1])
        self.assertEqual(self.client.get(f"/households/{NUMBER}/history/").status_code, 404)

    def test_the_own_township_and_nobody(self):
        for area, status in ((Area.objects.get(code=TOWN), 200), (False, 404)):
            sign_in(self.client, make_user("township_clerk", area))
            self.assertEqual(self.get().status_code, status)

    def test_a_line_department_sees_no_household(self):
        sign_in(self.client, make_user("line_department", self.county))

        self.assertEqual(self.get().status_code, 403)

    def test_the_number_of_queries_does_not_grow_with_members(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                self.get()
            return len(found)

        self.get()
        before = queries()
        for number in range(6):
            make_member(self.household, name=f"孩子{number}")

        self.assertEqual(queries(), before)
        self.assertLessEqual(before, 30)


def _ins(text: str) -> str:
    return " ".join(part.split("</ins>")[0] for part in text.split("<ins>")[1:])


def _without_number(text: str) -> str:
    """The page without the number of the request and the token of the form."""
    import re

    text = re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}", "", text)
    text = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", text)
    return re.sub(r'name="next" value="[^"]*"', "", text)
