"""The last four digits of an ID number: only for who may look, counted like a look."""

from unittest.mock import patch

from django.test import TestCase, override_settings

from accounts.models import AccessEvent
from areas.models import Area
from core.secrets import reveal
from households.models import Household
from tests.desk.county import TOWN, make_county, numbers
from tests.makers import make_member, make_user
from tests.signing_in import sign_in

ENGLISH = {"Accept-Language": "en"}


class TailSearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        county = make_county()
        cls.tail = cls.member_of("4100010000000004")
        cls.there = cls.member_of("4100010000000006")
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN))
        cls.supervisor = make_user("supervisor", county)

    @classmethod
    def member_of(cls, number: str) -> str:
        """A new member of the household; the last four characters of their number."""
        return reveal(make_member(Household.objects.get(number=number)).person.id_number)[-4:]

    def setUp(self):
        sign_in(self.client, self.clerk)

    def search(self, words: str, where: str = "search"):
        return self.client.post(f"/households/{where}/", {"words": words}, headers=ENGLISH)

    def looks(self) -> int:
        return AccessEvent.objects.filter(kind="revealed").count()

    def found(self, words: str) -> list[str]:
        return numbers(self.search(words))

    def test_who_may_look_finds_the_household_and_it_counts(self):
        self.assertEqual(self.found(self.tail), ["4"])
        self.assertEqual(self.found(f" {self.tail.lower()} "), ["4"])
        self.assertEqual(self.looks(), 2)
        self.assertNotIn(self.tail, str(list(AccessEvent.objects.values("subject", "reason"))))

    def test_the_next_township_is_not_searched(self):
        self.assertEqual(self.found(self.there), [])

    def test_without_the_right_four_digits_begin_a_household_number_and_no_more(self):
        sign_in(self.client, self.supervisor)

        self.assertEqual(self.found(self.tail), [])
        self.assertIn("4", self.found("4100"))
        self.assertEqual(self.looks(), 0)

    def test_nothing_is_searched_while_typing(self):
        self.assertNotContains(self.search(self.tail, "suggestions"), "4100010000000004")
        self.assertEqual(self.looks(), 0)

    @override_settings(REVEALS_PER_HOUR=1)
    def test_the_hour_has_its_limit(self):
        self.search(self.tail)
        second = self.search(self.tail)

        self.assertEqual(numbers(second), [])
        self.assertContains(second, "used up the 1 of this hour")

    def test_over_too_many_people_a_place_is_asked_for_and_nothing_counts(self):
        with patch("desk.queries.tails.MOST_OPENED", 1):
            answer = self.search(self.tail)

        self.assertContains(answer, "choose a township or a village first")
        self.assertEqual(self.looks(), 0)
