"""A household and a village as they stood on a day, read from what was stored then."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from core import secrets
from core.changes import change
from households.models import Household, HouseholdYear, Membership
from households.services import save_household_year, save_person
from standards.doubts import close_doubt, open_doubt
from standards.models import HouseholdResult
from standards.services import judge_dirty_villages
from tests.core.test_recalled import in_bulk
from tests.desk.county import NEXT_TOWN, POOR, TOWN, VILLAGE, make_county
from tests.desk.days import passing_days
from tests.makers import YEAR, make_household, make_id_number, make_member, make_user
from tests.signing_in import sign_in
from villages.models import VillageYear
from villages.services import save_village_year

pytestmark = pytest.mark.usefixtures("english")
ENGLISH = {settings.LANGUAGE_COOKIE_NAME: "en"}
NUMBER = "4100010000000002"
PAGE, VILLAGE_PAGE = f"/households/{NUMBER}/", f"/villages/{VILLAGE}/"


class AsOfTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)
        cls.household = Household.objects.get(number=NUMBER)

    def setUp(self):
        passing = passing_days()
        self.days = passing.__enter__()
        self.addCleanup(passing.__exit__, None, None, None)
        sign_in(self.client, self.user)
        self.client.cookies.load(ENGLISH)

    def edit(self, **values):
        row = HouseholdYear.objects.get(household=self.household, year=YEAR)
        save_household_year(row, values, version=row.version, user=self.user, reason="核实")

    def edit_village(self, **values):
        row = VillageYear.objects.get(village__area__code=VILLAGE, year=YEAR)
        save_village_year(row, values, version=row.version, user=self.user)
        judge_dirty_villages()

    def test_facts_and_verdict_are_those_of_the_day(self):
        first = self.days.end()
        self.edit(wage=Decimal(90000), house_grade="4")
        second = self.days.end()

        then, later = (self.client.get(f"{PAGE}?as_of={day}") for day in (first, second))

        self.assertEqual(
            [(p.indicator.code, p.indicator.outcome) for p in then.context["page"].panels],
            [("income", "not_met"), ("education", "met"), ("medical", "met"), ("housing", "met")],
        )
        self.assertEqual(then.context["page"].facts.wage, 2900)
        self.assertEqual(
            [(step.kind, step.amount) for step in then.context["page"].steps][-4:-1],
            [("sum", Decimal(2900)), ("divisor", Decimal(2)), ("result", Decimal(1450))],
        )
        self.assertContains(then, "nothing can be changed here")
        self.assertContains(then, "note-info")
        for words in ("/judge/", "/reveal/", "/compare/", 'name="csrfmiddlewaretoken" value="x"'):
            self.assertNotContains(then, words)
        changed = {one.label: (one.before, one.after) for one in then.context["differing"]}
        self.assertEqual(changed["工资性收入"], ("2,900.00", "90,000.00"))
        self.assertEqual(changed["危房级别"], ("A级", "D级"))
        self.assertIn('class="num was"', then.content.decode())
        self.assertEqual(later.context["differing"], [])

    def test_members_are_those_of_the_day(self):
        first = self.days.end()
        with change("household.saved", user=self.user):
            child = make_member(self.household, name="小宝")
        second = self.days.end()
        with change("household.saved", user=self.user, reason="去世"):
            Membership.objects.filter(pk=child.pk).update(to_day=date(2016, 10, 3), to_reason="02")
        third = self.days.end()

        pages = [self.client.get(f"{PAGE}?as_of={day}").context["page"] for day in (first, second, third)]

        self.assertEqual([len(page.members) for page in pages], [2, 3, 2])
        self.assertEqual([page.facts.members for page in pages], [2, 3, 2])

    def test_the_rule_is_the_version_of_the_day(self):
        stood = HouseholdResult.objects.get(household=self.household, year=YEAR)
        first = self.days.end()

        page = self.client.get(f"{PAGE}?as_of={first}").context["page"]

        self.assertEqual(page.explanation.version.pk, stood.version_id)
        self.assertEqual(page.explanation.since, stood.since)

    def test_a_doubt_lies_over_the_days_between(self):
        first = self.days.end()
        with change("doubt.opened"):
            doubt = open_doubt(
                subject="household", subject_id=self.household.pk, year=YEAR, indicator="medical",
                source_kind="suspect", source_id=5,
            )  # fmt: skip
        second = self.days.end()
        close_doubt(doubt)
        third = self.days.end()

        pages = [self.client.get(f"{PAGE}?as_of={day}").context["page"] for day in (first, second, third)]

        self.assertEqual([page.explanation.doubts for page in pages], [0, 1, 0])
        self.assertEqual([page.panels[2].doubt for page in pages], [False, True, False])

    def test_before_it_was_known_a_sentence_says_so(self):
        for page in (PAGE, VILLAGE_PAGE):
            answer = self.client.get(f"{page}?as_of=2016-09-01")
            self.assertEqual(answer.status_code, 200)
            self.assertContains(answer, "At the end of 2016-09-01 nothing was known here")
            self.assertContains(answer, "it came into this system on")

    def test_nonsense_and_the_future_are_sentences(self):
        for page in (PAGE, VILLAGE_PAGE):
            for words, sentence in (
                ("2999-01-01", "lies in the future"),
                ("gestern", "must be written as 2016-10-01"),
                ("2016-02-30", "must be written as 2016-10-01"),
                ("0001-01-01", "lies before the year 2000"),
                ("²⁰¹⁶-10-01", "must be written as 2016-10-01"),
                ("%00", "must be written as 2016-10-01"),
            ):
                with self.subTest(page=page, words=words):
                    answer = self.client.get(f"{page}?as_of={words}")
                    self.assertContains(answer, sentence, status_code=422)
                    again = self.client.get(f"{page}?as_of=2016-10-01&with={words}")
                    self.assertEqual(again.status_code, 422)

    def test_two_days_beside_each_other_show_only_what_differs(self):
        first = self.days.end()
        self.edit(wage=Decimal(3000))
        second = self.days.end()
        self.edit(main_cause="02")
        third = self.days.end()

        def labels(one, other):
            found = self.client.get(f"{PAGE}?as_of={one}&with={other}")
            return {row.label: (row.before, row.after) for row in found.context["differing"]}

        self.assertEqual(labels(second, third), {"主要致贫原因": ("因病", "因残")})
        self.assertEqual(labels(third, first)["工资性收入"], ("2,900.00", "3,000.00"))
        self.assertEqual(labels(first, first), {})

    def test_a_village_too(self):
        first = self.days.end()
        self.edit_village(clinics=3, standard_clinic=False, physicians=0, village_doctors=0)
        second = self.days.end()

        then = self.client.get(f"{VILLAGE_PAGE}?as_of={first}")
        between = self.client.get(f"{VILLAGE_PAGE}?as_of={first}&with={second}")

        self.assertEqual(then.context["page"].explanation.verdict, "met")
        self.assertEqual(then.context["page"].facts.village_doctors, 1)
        found = {one.label: (one.before, one.after) for one in between.context["differing"]}
        self.assertEqual(found["合格乡村医生人数"], ("1", "0"))
        self.assertEqual(found["Verdict"], ("Met", "Not met"))

    def test_secrets_stay_masked_and_another_number_is_only_named(self):
        member = make_member(self.household, name="马六", id_number=make_id_number())
        first = self.days.end()
        plain = make_id_number()
        with change("household.saved", user=self.user):
            member.person.id_number = secrets.seal(
                table="households_person", field="id_number", subject_id=member.person_id, plain=plain
            )
            member.person.save(update_fields=["id_number"])

        answer = self.client.get(f"{PAGE}?as_of={first}")

        self.assertNotContains(answer, plain)
        self.assertNotContains(answer, plain[6:14])
        found = next(one for one in answer.context["differing"] if one.label == "证件号码")
        self.assertEqual((found.before, found.after), ("recorded", "another one, not shown"))

    def test_the_history_ends_with_the_load_that_brought_the_data(self):
        self.assertNotContains(self.client.get(f"{PAGE}history/"), "in one load")
        household = in_bulk(
            lambda: make_household("4100010000000077", village=self.household.village), 410001
        )

        answer = self.client.get(f"/households/{household.number}/history/")

        self.assertContains(answer, "in one load, without an image of each row")
        self.assertContains(answer, "generated data")

    def test_generated_data_is_known_from_its_load(self):
        household = in_bulk(
            lambda: make_household("4100010000000077", village=self.household.village, facts=POOR), 410001
        )
        page = f"/households/{household.number}/"
        first = self.days.end()
        row = household.years.get()
        save_household_year(row, {"wage": Decimal(3000)}, version=row.version, user=self.user)

        then = self.client.get(f"{page}?as_of={first}").context["page"]
        before = self.client.get(f"{page}?as_of=2016-09-01")

        self.assertEqual((then.facts.wage, len(then.members)), (2900, 1))
        self.assertContains(before, "the data came in one load on")

    def test_a_renamed_head_has_the_name_of_the_day(self):
        first = self.days.end()
        person = Membership.objects.get(household=self.household, relation="01").person
        save_person(person, {"name": "张三丰"}, version=person.version, user=self.user)

        answer = self.client.get(f"{PAGE}?as_of={first}")

        self.assertEqual(answer.context["household"].head_name, "张三")

    def test_three_people(self):
        """The own township looks, the next one finds nothing, who may not read is refused."""
        day = self.days.end()
        for role, code, status in (
            ("township_clerk", TOWN, 200),
            ("township_clerk", NEXT_TOWN, 404),
            ("township_clerk", None, 404),
            ("line_department", self.county.code, 403),
        ):
            sign_in(self.client, make_user(role, Area.objects.get(code=code) if code else False))
            with self.subTest(role=role, code=code):
                self.assertEqual(self.client.get(f"{PAGE}?as_of={day}").status_code, status)
                self.assertEqual(self.client.get(f"{PAGE}?as_of={day}&with=2016-09-01").status_code, status)

    def test_the_number_of_queries_does_not_grow_with_members_or_changes(self):
        def queries(address: str) -> int:
            self.client.get(address)
            with CaptureQueriesContext(connection) as found:
                self.client.get(address)
            return len(found)

        self.edit(wage=Decimal(3000))
        first = self.days.end()
        addresses = (f"{PAGE}?as_of={first}", f"{PAGE}?as_of={first}&with=2016-10-02")
        self.edit(wage=Decimal(3100))
        before = [queries(address) for address in addresses]
        for number in range(6):
            make_member(self.household, name=f"孩子{number}")
            self.edit(wage=Decimal(3200 + number))
        self.days.end()

        self.assertEqual([queries(address) for address in addresses], before)
        self.assertLessEqual(max(before), 60)
