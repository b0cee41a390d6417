"""The frame of a page: which words of the bar, whose data, which day, which marks."""

from datetime import date

from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from core.clock import forget_installation
from core.models import Installation
from poverty.navigation import scope_words
from tests.makers import make_area, make_township, make_user, make_village_area
from tests.signing_in import sign_in


@override_settings(BUSINESS_DAY="2016-10-18")
class FrameTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.clerk = make_user("township_clerk", make_township())
        cls.system = make_user("system_admin", False)

    def setUp(self):
        forget_installation()
        self.addCleanup(forget_installation)

    def page(self, user, route: str = "accounts:account", language: str = "en"):
        user.language = language
        user.save(update_fields=["language"])
        sign_in(self.client, user)
        return self.client.get(reverse(route), headers={"Accept-Language": language})

    def labels(self, user) -> list[str]:
        return [entry.label for entry in self.page(user).context["house"].navigation]

    def test_a_clerk_sees_the_words_of_the_desk_and_none_of_the_administration(self):
        labels = self.labels(self.clerk)

        self.assertIn("Households", labels)
        self.assertNotIn("Accounts", labels)
        self.assertNotIn("Components", labels)

    def test_an_administrator_sees_no_word_of_the_desk(self):
        self.assertNotIn("Households", self.labels(self.system))

    def test_the_word_of_the_page_is_lit(self):
        entries = self.page(self.system, "core:ui-kit").context["house"].navigation

        self.assertEqual([entry.label for entry in entries if entry.current], ["Components"])

    def test_nobody_signed_in_sees_no_word(self):
        answer = self.client.get(reverse("accounts:sign-in"))

        self.assertEqual(answer.context["house"].navigation, [])
        self.assertEqual(answer.context["house"].scope, "")

    def test_every_page_says_the_day_and_whose_data(self):
        answer = self.page(self.clerk)

        self.assertContains(answer, "2016-10-18")
        self.assertContains(answer, "测试镇")

    def test_only_a_demonstration_says_that_it_is_one(self):
        self.assertNotContains(self.page(self.clerk), "Demonstration data")
        Installation.objects.update_or_create(
            pk=1, defaults={"demonstration": True, "first_started_on": date(2016, 10, 18)}
        )
        forget_installation()

        self.assertContains(self.page(self.clerk), "Demonstration data")

    def test_many_areas_are_told_as_two_and_how_many_more(self):
        user = make_user("supervisor", make_area())
        for code, name in (("999001102000", "乙镇"), ("999001103000", "丙镇")):
            self._grant(user, make_township(code, name))

        with translation.override("en"):
            self.assertEqual(scope_words(user), "测试县、乙镇 and 1 more")

    def test_a_village_is_told_by_its_name(self):
        self.assertEqual(scope_words(make_user("first_secretary", make_village_area())), "测试村民委员会")

    def _grant(self, user, area) -> None:
        user.grants.create(kind="area", area=area, from_day=date(2016, 1, 1))
