"""Entering and correcting a household on one page."""

import pytest
from django.test import TestCase

from areas.models import Area
from core.models import Change
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from standards.models import HouseholdResult
from standards.outcomes import Outcome
from standards.services import judge_area
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county
from tests.desk.entering import page_of, sent, somebody
from tests.makers import YEAR, make_id_number, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")
NUMBER = "4100010000000002"
EDIT = f"/households/{NUMBER}/years/{YEAR}/edit/"
BORN = "1970-05-01"


class EntryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        judge_area(cls.county, YEAR)
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN), name="何静")
        cls.household = Household.objects.get(number=NUMBER)
        cls.head, cls.other = Membership.objects.filter(household=cls.household).order_by("relation")

    def setUp(self):
        self.enter(self.clerk)

    def enter(self, user):
        sign_in(self.client, user)
        self.client.cookies["language"] = "en"

    def save(self, **changes):
        return self.client.post(EDIT, sent(page_of(self.household, self.clerk), **changes))

    def facts(self) -> HouseholdYear:
        return HouseholdYear.objects.get(household=self.household, year=YEAR)

    def refused(self, answer, words: str):
        self.assertContains(answer, words, status_code=422)
        self.assertContains(answer, "What you typed is kept", status_code=422)

    # --- Saving ---------------------------------------------------------------------------
    def test_the_page_shows_every_section_and_no_whole_number(self):
        number = self.head.person.id_number
        page = self.client.get(EDIT)

        for part in ("s1", "s2", "s3", "s4", "s5"):
            self.assertContains(page, f'id="{part}"')
        self.assertNotContains(page, BORN)
        self.assertIsNotNone(number)
        self.assertContains(page, "999***************")

    def test_everything_is_saved_in_one_change_and_judged(self):
        part = f"m{self.head.pk}"
        answer = self.save(
            y__wage="９，０００.00",
            y__safe_water="false",
            h__bank_name="信用社",
            h__phone="13800001234",
            w__reason="入户核实",
            **{f"{part}__education": "02", f"{part}__health": ["02", "04"]},
        )

        self.assertRedirects(answer, f"/households/{NUMBER}/?year={YEAR}", fetch_redirect_response=False)
        facts, stored = self.facts(), Household.objects.get(pk=self.household.pk)
        self.assertEqual((facts.wage, facts.safe_water, facts.version), (9000, False, 2))
        self.assertEqual((stored.bank_name, stored.version), ("信用社", 2))
        self.assertIsNotNone(stored.phone)
        person = PersonYear.objects.get(person=self.head.person_id, year=YEAR)
        self.assertEqual((person.education, person.health, person.version), ("02", ["02", "04"], 2))
        changes = Change.objects.filter(kind="household.saved", subject=NUMBER)
        self.assertEqual([(one.reason, one.user_id) for one in changes], [("入户核实", self.clerk.pk)])
        result = HouseholdResult.objects.get(household=self.household, year=YEAR)
        self.assertEqual(result.verdict, Outcome.NOT_MET)

    def test_nothing_typed_writes_nothing(self):
        self.assertEqual(self.save().status_code, 302)

        self.assertEqual(self.facts().version, 1)
        self.assertFalse(Change.objects.filter(subject=NUMBER).exists())

    def test_yes_no_and_not_known(self):
        self.save(y__toilet="true")
        self.assertIs(self.facts().toilet, True)

        self.save(y__toilet="unknown")
        self.assertIsNone(self.facts().toilet)

    # --- Members --------------------------------------------------------------------------
    def test_a_new_member_gets_birth_date_and_sex_of_the_number(self):
        number = make_id_number(sex="2")
        self.assertEqual(self.save(**somebody(id_number=number.lower(), relation="02")).status_code, 302)

        made = Person.objects.get(name="赵小新")
        self.assertEqual((str(made.birth_date), made.sex), (BORN, "2"))
        self.assertEqual(self.facts().members, 3)
        self.assertTrue(PersonYear.objects.filter(person=made, year=YEAR).exists())

    def test_a_member_leaves_with_reason_and_day(self):
        part = f"m{self.other.pk}"
        self.refused(self.save(**{f"{part}__leave_reason": "02"}), "Please say on which day.")
        self.refused(self.save(**{f"{part}__leave_day": "2016-06-01"}), "Please say why the member leaves.")

        gone = {f"{part}__leave_reason": "02", f"{part}__leave_day": "2016-06-01"}
        self.assertEqual(self.save(**gone).status_code, 302)

        self.other.refresh_from_db()
        self.assertEqual((str(self.other.to_day), self.other.to_reason), ("2016-06-01", "02"))
        self.assertEqual(self.facts().members, 1)

    def test_one_more_row_without_javascript(self):
        data = sent(page_of(self.household, self.clerk), y__wage="77")
        data.pop("save")

        page = self.client.post(EDIT, data | {"add": "1"})

        self.assertContains(page, 'name="n0-name"')
        self.assertContains(page, 'value="77"')
        self.assertNotEqual(self.facts().wage, 77)

    # --- Bad input ------------------------------------------------------------------------
    def test_wrong_numbers_come_back_with_a_sentence(self):
        number = make_id_number()
        wrong_end = number[:17] + ("0" if number[17] != "0" else "1")
        for typed, words in (
            (wrong_end, "does not fit the digits"),
            (number[:15], "15 digits"),
            (number[:12], "18 characters"),
            ("99900119701350" + "0010", "are no day"),
            (number[:10] + "A" + number[11:], "17 digits and a digit or X"),
            ("9990012050010100", "18 characters"),
        ):
            with self.subTest(typed):
                self.refused(self.save(**somebody(id_number=typed)), words)
        self.assertFalse(Person.objects.filter(name="赵小新").exists())

    def test_full_width_digits_are_put_right(self):
        number = make_id_number()
        wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
        self.assertEqual(self.save(**somebody(id_number=wide, relation="02")).status_code, 302)

    def test_the_number_of_another_member_and_of_another_household(self):
        from core.secrets import reveal

        mine = reveal(self.head.person.id_number)
        self.refused(self.save(**somebody(id_number=mine)), "another member of the household")
        twice = make_id_number()
        both = somebody(id_number=twice) | somebody(1, id_number=twice, name="赵二")
        self.refused(self.save(**both), "another member of the household")
        stranger = Membership.objects.get(household__number="4100010000000001").person.id_number
        self.refused(self.save(**somebody(id_number=reveal(stranger))), "household 4100010000000001 already")
        hidden = Membership.objects.get(household__number="4100010000000005").person.id_number
        answer = self.save(**somebody(id_number=reveal(hidden), relation="02"))
        self.assertEqual(answer.status_code, 302)

    def test_heads_ages_and_days(self):
        head, other = f"m{self.head.pk}", f"m{self.other.pk}"
        for changes, words in (
            ({f"{other}__relation": "01"}, "another head already"),
            ({f"{head}__relation": "02"}, "needs a head"),
            (somebody(birth_date="1950-01-01", relation="03"), "older than the head"),
            (somebody(birth_date="1990-01-01", relation="11"), "younger than the head"),
            (somebody(birth_date="2999-01-01"), "lies in the future"),
            (somebody(from_day="2999-01-01"), "has not come yet"),
            (somebody(id_number=make_id_number(), birth_date="1971-01-01"), "The ID number says 1970-05-01."),
        ):
            with self.subTest(words):
                self.refused(self.save(**changes), words)

    def test_wrong_values_keep_the_rest_of_the_form(self):
        for changes in (
            {"y__wage": "-1"},
            {"y__wage": "一千"},
            {"y__wage": "NaN"},
            {"y__wage": "1" * 10_000},
            {"y__persons": "51"},
            {"y__main_cause": "77"},
            {"y__main_cause": "01", "y__other_causes": ["01"]},
            {"y__income_from": "2016-02-30"},
            {"h__group": "999999"},
            {"h__phone": "12ab"},
            {"h__seen": "x"},
            {"h__bank_name": "a\x00b"},
            somebody(name="长" * 51),
            somebody(name="a\x00"),
            {"w__token": "x"},
            {"w__reason": "因" * 10_000},
        ):
            with self.subTest(**{name: str(value)[:20] for name, value in changes.items()}):
                answer = self.save(y__house_area="123.45", **changes)
                self.assertContains(answer, "123.45", status_code=422)
                self.assertContains(answer, "What you typed is kept", status_code=422)
        self.assertEqual(self.facts().version, 1)

    def test_rare_characters_dots_and_markup_in_a_name(self):
        for name in ("㐂䶮𠮷𨭎", "阿依古丽·买买提", "<b>粗</b>"):
            answer = self.save(**somebody(name=name, relation="99", birth_date="2001-01-01"))
            self.assertEqual(answer.status_code, 302, name)
        self.assertContains(self.client.get(EDIT), "&lt;b&gt;粗")

    # --- Twice, and two people ----------------------------------------------------------------
    def test_the_same_sending_makes_one_member(self):
        data = sent(page_of(self.household, self.clerk), **somebody(birth_date="2015-01-01"))

        for _time in range(3):
            self.assertEqual(self.client.post(EDIT, data).status_code, 302)
        self.assertEqual(Person.objects.filter(name="赵小新").count(), 1)
        again = self.client.post(EDIT, data | {"y-wage": "55"})
        self.assertContains(again, "is in the household already", status_code=422)

    def test_what_only_one_changed_is_merged(self):
        old = sent(page_of(self.household, self.clerk), y__wage="5000")
        self.save(y__house_area="96")

        self.assertEqual(self.client.post(EDIT, old).status_code, 302)

        facts = self.facts()
        self.assertEqual((facts.wage, facts.house_area), (5000, 96))

    def test_what_both_changed_is_chosen(self):
        old = sent(page_of(self.household, self.clerk), y__wage="5000", y__toilet="true")
        self.save(y__wage="6000", y__fuel="01")

        answer = self.client.post(EDIT, old)

        self.assertEqual(answer.status_code, 409)
        self.assertEqual([one.name for one in answer.context["conflicts"]], ["y-wage"])
        base, theirs, mine = answer.context["conflicts"][0].shown
        self.assertEqual((base, theirs, mine), ("2,900.00", "6,000.00", "5,000.00"))
        self.assertEqual(self.facts().wage, 6000)
        for pick, wage in (("theirs", 6000), ("mine", 5000)):
            data = sent(answer.context["page"], pick__y__wage=pick)
            self.assertEqual(self.client.post(EDIT, data).status_code, 302)
            facts = self.facts()
            self.assertEqual((facts.wage, facts.toilet, facts.fuel), (wage, True, "01"))
            answer = self.client.post(EDIT, old | {"w-reason": pick}) if pick == "theirs" else answer

    def test_a_member_who_left_meanwhile_is_named(self):
        old = sent(page_of(self.household, self.clerk), y__wage="5000")
        part = f"m{self.other.pk}"
        self.save(**{f"{part}__leave_reason": "02", f"{part}__leave_day": "2016-06-01"})

        answer = self.client.post(EDIT, old)

        self.assertContains(answer, "has left the household meanwhile", status_code=409)
        self.assertEqual(self.client.post(EDIT, sent(answer.context["page"])).status_code, 302)
        self.assertEqual(self.facts().wage, 5000)

    # --- Who may ----------------------------------------------------------------------------
    def test_who_may_not(self):
        data = sent(page_of(self.household, self.clerk), y__wage="1")
        for role, area, status in (
            ("township_clerk", Area.objects.get(code=NEXT_TOWN), 404),
            ("township_clerk", False, 404),
            ("supervisor", self.county, 403),
            ("first_secretary", Area.objects.get(code=VILLAGE), 403),
        ):
            sign_in(self.client, make_user(role, area))
            with self.subTest(role, area=area):
                for address in (EDIT, EDIT.replace("/edit/", "/verdict/")):
                    self.assertEqual(self.client.post(address, data).status_code, status)
                self.assertEqual(self.client.get(EDIT).status_code, status)
        self.assertNotEqual(self.facts().wage, 1)

    def test_closed_years_and_missing_years(self):
        self.assertEqual(self.client.get(EDIT.replace(str(YEAR), "1999")).status_code, 404)
        HouseholdYear.objects.filter(household=self.household).update(closed=True)

        answer = self.save(y__wage="1")

        self.assertRedirects(answer, f"/households/{NUMBER}/?year={YEAR}", fetch_redirect_response=False)
        self.assertNotEqual(self.facts().wage, 1)

    def test_the_household_page_and_the_list_lead_here(self):
        self.assertContains(self.client.get(f"/households/{NUMBER}/"), EDIT)
        self.assertContains(self.client.get("/households/"), EDIT)
        sign_in(self.client, make_user("supervisor", self.county))
        self.assertNotContains(self.client.get(f"/households/{NUMBER}/"), EDIT)
