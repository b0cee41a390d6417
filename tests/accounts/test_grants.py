from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase, override_settings

from accounts import services
from accounts.models import Grant, User
from households.models import Household
from tests.makers import make_area, make_household, make_organisation, make_township, make_user, make_village

pytestmark = pytest.mark.usefixtures("english")

DAY = date(2016, 10, 18)


@override_settings(BUSINESS_DAY="2016-10-18")
class GrantTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.township = make_township("999001101000", "甲镇")
        cls.inside = make_household(village=make_village("999001101201", "甲村"))
        cls.next_door = make_household(village=make_village("999001102201", "乙村"))
        cls.other_county = make_household(village=make_village("999002101201", "丙村"))

    def seen_by(self, user: User) -> set[Household]:
        return set(Household.objects.visible_to(User.objects.get(pk=user.pk)))

    def test_somebody_inside_sees_their_township(self):
        self.assertEqual(self.seen_by(make_user("township_clerk", self.township)), {self.inside})

    def test_somebody_of_the_next_township_sees_theirs(self):
        user = make_user("township_clerk", make_township("999001102000"))

        self.assertEqual(self.seen_by(user), {self.next_door})

    def test_somebody_without_a_grant_sees_nothing(self):
        self.assertEqual(self.seen_by(make_user("county_office", False)), set())

    def test_a_county_office_sees_its_county_and_no_other(self):
        self.assertEqual(self.seen_by(make_user("county_office")), {self.inside, self.next_door})

    def test_a_village_grant_does_not_open_the_township(self):
        sibling = make_household(village=make_village("999001101202", "丁村"))
        user = make_user("first_secretary", self.inside.village.area)

        self.assertEqual(self.seen_by(user), {self.inside})
        self.assertNotIn(sibling, self.seen_by(user))

    def test_a_helper_sees_the_households_granted_one_by_one(self):
        user = make_user("helper", False)
        services.grant_households(user, [self.other_county.pk, self.inside.pk], actor=None)

        self.assertEqual(self.seen_by(user), {self.inside, self.other_county})

    def test_two_grants_add_up(self):
        user = make_user("township_clerk", self.township)
        services.grant_households(user, [self.other_county.pk], actor=None)

        self.assertEqual(self.seen_by(user), {self.inside, self.other_county})

    def test_the_first_and_the_last_day_count(self):
        user = make_user("township_clerk", False)
        services.grant_area(user, self.township, actor=None, from_day=DAY, to_day=DAY)

        for day, seen in ((-1, set()), (0, {self.inside}), (1, set())):
            with self.subTest(day), override_settings(BUSINESS_DAY=str(DAY + timedelta(days=day))):
                self.assertEqual(self.seen_by(user), seen)

    def test_a_grant_taken_back_is_over_with_the_next_request(self):
        user = make_user("township_clerk", self.township)

        self.assertTrue(services.take_back_grant(user.grants.get(), actor=None))
        self.assertEqual(self.seen_by(user), set())
        self.assertFalse(services.take_back_grant(user.grants.get(), actor=None))

    def test_an_area_that_was_abolished_opens_nothing(self):
        user = make_user("township_clerk", self.township)
        type(self.township).objects.filter(pk=self.township.pk).update(valid_to=DAY)

        self.assertEqual(self.seen_by(user), set())

    def test_a_closed_account_sees_nothing(self):
        user = make_user("township_clerk", self.township)
        services.close_account(user, reason="moved away", actor=None)

        self.assertEqual(self.seen_by(user), set())

    def test_a_grant_inside_a_wider_one_changes_nothing(self):
        user = make_user("county_office")
        services.grant_area(user, self.township, actor=None)

        self.assertEqual(User.objects.get(pk=user.pk).area_prefixes(), ("999001",))

    def test_an_organisation_grant_opens_no_household(self):
        user, bureau = make_user("line_department", False), make_organisation()
        services.grant_organisation(user, bureau, actor=None)

        self.assertEqual(User.objects.get(pk=user.pk).organisation_ids(), (bureau.pk,))
        self.assertEqual(self.seen_by(user), set())

    def test_a_country_grant_opens_every_county(self):
        country = make_area("000000000000", "country", "全国")
        user = make_user("supervisor", country)

        self.assertEqual(self.seen_by(user), {self.inside, self.next_door, self.other_county})


class GrantConstraintTests(TestCase):
    def refused(self, sentence: str, **fields: object) -> None:
        grant = Grant(**{"user": make_user("helper", False), "from_day": DAY} | fields)
        with self.assertRaisesMessage(ValidationError, sentence):
            grant.full_clean()

    def test_a_grant_names_what_its_kind_says(self):
        self.refused("names one area, one organisation", kind="area")
        self.refused("names one area, one organisation", kind="organisation", area=make_area())
        self.refused("names one area, one organisation", kind="households", area=make_area())

    def test_a_grant_does_not_end_before_it_begins(self):
        self.refused("lies before the first", kind="area", area=make_area(), to_day=date(2016, 10, 17))
