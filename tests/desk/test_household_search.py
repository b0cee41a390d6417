import logging
from unittest import mock

from django.test import TestCase, override_settings

from accounts.models import AccessEvent
from areas.models import Area
from households.models import Household, HouseholdNumberAlias
from tests.desk.county import NEXT_TOWN, TOWN, VILLAGE, make_county, numbers
from tests.makers import make_id_number, make_member, make_user
from tests.signing_in import sign_in


class HouseholdSearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)
        cls.id_number = make_id_number()
        cls.household = Household.objects.get(number__endswith="4")
        make_member(cls.household, name="欧阳小红", id_number=cls.id_number)

    def setUp(self):
        sign_in(self.client, self.user)

    def found(self, words: str, query: str = "") -> list[str]:
        return numbers(self.client.post(f"/households/search/?{query}", {"words": words}))

    def test_every_way_of_naming_somebody(self):
        cases = {
            "张三": "2",
            "zhangsan": "2",
            "ZS": "2",
            "单小山": "3",
            "shanxiaoshan": "3",
            "dxs": "3",
            "欧阳小红": "4",
            "邱": "1",
            "4100010000000005": "5",
            "41000100000000": "123456",
            self.id_number: "4",
            self.id_number.lower(): "4",
            "甲村": "123",
            "甲村民委员会": "123",
            "没有这个人": "",
            "　 ": "123456",
        }
        for words, expected in cases.items():
            with self.subTest(words):
                if expected == "123456" and not words.strip():
                    response = self.client.post("/households/search/", {"words": words})
                    self.assertRedirects(response, "/households/")
                else:
                    self.assertEqual("".join(self.found(words)), expected)

    def test_an_old_number_is_found(self):
        HouseholdNumberAlias.objects.create(
            household=self.household, number="4100019999999999", county=self.household.county
        )

        self.assertEqual(self.found("4100019999999999"), ["4"])

    def test_the_tail_of_an_id_number_finds_nobody_without_the_right_to_look(self):
        sign_in(self.client, make_user("county_leader", self.county))

        self.assertEqual(self.found(self.id_number[-4:]), [])

    def test_the_conditions_hold_as_well(self):
        self.assertEqual(self.found("41000100000000", f"town={TOWN[:9]}&verdict=met"), ["1", "4"])

    def test_villages_are_offered(self):
        response = self.client.post("/households/search/", {"words": "甲"})

        self.assertEqual([v.area.code for v in response.context["found"].villages], [VILLAGE])

    def test_the_next_township_and_nobody_find_nothing(self):
        for area in (Area.objects.get(code=NEXT_TOWN), False):
            sign_in(self.client, make_user("township_clerk", area))
            for words in ("张三", self.id_number, "4100010000000004", "甲村"):
                with self.subTest(area=area, words=words):
                    response = self.client.post("/households/search/", {"words": words})
                    self.assertEqual(numbers(response), [])
                    self.assertEqual(response.context["found"].villages, [])

    def test_a_whole_id_number_is_a_comparison_counted_and_recorded(self):
        told = self.client.post("/households/search/", {"words": self.id_number}).context["told"]
        self.found(make_id_number())

        events = AccessEvent.objects.filter(kind="compared", user=self.user).order_by("pk")
        self.assertEqual(
            [(e.subject, e.reason) for e in events], [("search", "same"), ("search", "different")]
        )
        self.assertIn("29", told)

    @override_settings(COMPARES_PER_HOUR=2)
    def test_nobody_finds_an_id_number_by_trying_many(self):
        for _try in range(2):
            self.found(make_id_number())

        self.assertEqual(self.found(self.id_number), [])

    def test_while_typing_no_id_number_is_looked_up(self):
        for typed in (self.id_number, f" {self.id_number.lower()}"):
            response = self.client.post("/households/suggestions/", {"words": typed})
            self.assertEqual(response.context["rows"], [])
        self.assertFalse(AccessEvent.objects.filter(kind="compared").exists())

    def test_the_words_stand_in_no_address_and_no_log(self):
        lines: list[str] = []
        handler = mock.Mock(wraps=logging.NullHandler())
        handler.level, handler.handle = 0, lambda record: lines.append(str(record.__dict__))
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)

        response = self.client.post("/households/search/", {"words": self.id_number})

        self.assertNotIn(self.id_number, str(response.headers))
        self.assertNotIn(f'"?{self.id_number}', response.content.decode())
        self.assertNotIn(self.id_number, "".join(lines))

    def test_they_are_never_read_from_an_address(self):
        self.assertEqual(self.client.get("/households/search/?words=张三").status_code, 405)
        self.assertEqual(len(numbers(self.client.get("/households/?words=张三"))), 6)

    def test_suggestions_are_eight_at_most(self):
        response = self.client.post("/households/suggestions/", {"words": "4100010000"})

        self.assertEqual(len(response.context["rows"]), 6)
        self.assertTemplateUsed(response, "desk/_suggestions.html")
