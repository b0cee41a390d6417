from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase, override_settings

from accounts import services
from accounts.handing_over import hand_over
from accounts.models import User
from core.models import Change, RowHistory
from tests.makers import make_household, make_organisation, make_township, make_user, make_village

pytestmark = pytest.mark.usefixtures("english")

DAY = date(2016, 10, 18)
NEXT = DAY + timedelta(days=1)


@override_settings(BUSINESS_DAY=str(DAY))
class HandingOverTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.administrator = make_user("security_admin", False)
        cls.village = make_village("999001101201", "甲村").area
        cls.before = make_user("first_secretary", cls.village, name="郑海涛")
        cls.after = make_user("first_secretary", False, name="何伟")

    def pass_on(self, from_day=DAY, **values):
        wishes = {"reason": "轮换", "from_day": from_day, "actor": self.administrator} | values
        return hand_over(self.before, wishes.pop("to", self.after), **wishes)

    def prefixes(self, user, day=DAY):
        return User.objects.get(pk=user.pk).area_prefixes(day)

    def test_the_successor_holds_the_grants_from_the_day_and_the_predecessor_until_the_day_before(self):
        self.pass_on(NEXT)

        self.assertEqual((self.prefixes(self.before), self.prefixes(self.after)), (("999001101201",), ()))
        self.assertEqual(
            (self.prefixes(self.before, NEXT), self.prefixes(self.after, NEXT)), ((), ("999001101201",))
        )

    def test_today_means_from_the_next_request_on(self):
        self.pass_on()

        self.assertEqual((self.prefixes(self.before), self.prefixes(self.after)), ((), ("999001101201",)))

    def test_households_organisations_and_set_days_pass_as_they_are(self):
        home, bureau, last = make_household(), make_organisation(), DAY + timedelta(days=90)
        services.grant_households(self.before, [home.pk], actor=None, to_day=last)
        services.grant_organisation(self.before, bureau, actor=None, from_day=NEXT)

        self.assertEqual(self.pass_on(), 3)

        after = User.objects.get(pk=self.after.pk)
        self.assertEqual((after.household_ids(), after.organisation_ids()), ((home.pk,), ()))
        self.assertEqual(after.grants.get(kind="households").to_day, last)
        self.assertEqual(after.grants.get(kind="organisation").from_day, NEXT)
        self.assertEqual(User.objects.get(pk=self.before.pk).household_ids(), ())

    def test_one_action_is_one_change_with_its_reason(self):
        self.pass_on()

        change = Change.objects.get(kind="account.handed_over")
        self.assertEqual((change.user_id, change.reason), (self.administrator.pk, "轮换"))
        self.assertEqual(RowHistory.objects.filter(change=change, table="accounts_grant").count(), 2)

    def test_what_makes_no_sense_is_refused_in_words(self):
        closed = make_user("first_secretary", False)
        services.close_account(closed, reason="x", actor=None)
        for sentence, values in (
            ("Choose somebody else", {"to": self.before}),
            ("is closed", {"to": User.objects.get(pk=closed.pk)}),
            ("holds no role", {"to": make_user(None, False)}),
            ("An administrator gets no grants", {"to": make_user("audit_admin", False)}),
            ("their own account", {"to": self.administrator}),
            ("lies in the past", {"from_day": DAY - timedelta(days=1)}),
            ("Say why", {"reason": " "}),
        ):
            with self.subTest(sentence), self.assertRaisesMessage(ValidationError, sentence):
                self.pass_on(**values)
        self.assertEqual(self.prefixes(self.before), ("999001101201",))

    def test_nobody_hands_over_nothing(self):
        self.pass_on()

        with self.assertRaisesMessage(ValidationError, "no grant to hand over"):
            self.pass_on()

    def test_what_the_successor_holds_already_is_not_given_twice(self):
        services.grant_area(self.after, self.village, actor=None)

        self.pass_on()

        self.assertEqual(self.after.grants.count(), 1)

    def test_the_page_hands_over_and_keeps_what_was_typed_wrongly(self):
        self.client.force_login(self.administrator)
        address = f"/accounts/{self.before.pk}/hand-over/"
        values = {"over-to": "nobody", "over-from_day": str(DAY), "over-reason": "轮换"}
        self.assertContains(self.client.post(address, values), "轮换", status_code=422)

        self.client.post(address, values | {"over-to": self.after.username})

        self.assertEqual(self.prefixes(self.after), ("999001101201",))

    def test_the_next_township_is_not_touched(self):
        other = make_user("first_secretary", make_township("999001102000"))

        self.pass_on()

        self.assertEqual(self.prefixes(other), ("999001102",))
