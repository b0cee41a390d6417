from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import Grant, User
from core.models import Change, RowHistory
from tests.makers import make_township, make_user, make_village_area


class AdministrationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.administrator = make_user("security_admin", False, name="沈佳宁")
        cls.township = make_township("999001101000", "甲镇")
        cls.clerk = make_user("township_clerk", cls.township, name="孙丽娟")

    def setUp(self):
        self.client.force_login(self.administrator)

    def test_the_list_names_people_roles_and_areas(self):
        response = self.client.get("/accounts/")

        self.assertContains(response, "孙丽娟")
        self.assertContains(response, "甲镇")

    def test_a_name_is_searched_for_by_post(self):
        response = self.client.post("/accounts/", {"name": "孙丽"})

        self.assertContains(response, "孙丽娟")
        self.assertNotContains(response, f"/accounts/{self.administrator.pk}/")

    def test_the_list_asks_as_often_for_many_as_for_few(self):
        self.client.get("/accounts/")
        with CaptureQueriesContext(connection) as few:
            self.client.get("/accounts/")
        for _person in range(10):
            make_user("helper")
        with CaptureQueriesContext(connection) as many:
            self.client.get("/accounts/")

        self.assertEqual(len(many), len(few))

    def open_account(self, **values: str):
        form = {"username": "new", "name": "新人", "role": "township_clerk", "area": self.township.code}
        return self.client.post("/accounts/new/", form | values)

    def test_a_new_account_gets_a_role_an_area_and_a_first_password_shown_once(self):
        response = self.open_account()

        user = User.objects.get(username="new")
        self.assertTrue(user.check_password(response.context["first_password"]))
        self.assertTrue(user.must_change_password)
        self.assertEqual((user.roles, user.area_prefixes()), (("township_clerk",), ("999001101",)))
        self.assertEqual(user.created_by, self.administrator)

    def test_bad_input_opens_nothing_and_keeps_what_was_typed(self):
        bad = {
            "an unknown area": {"area": "999999999999"},
            "no area": {"area": ""},
            "a name that is taken": {"username": self.clerk.username},
            "a name with blanks": {"username": "a b"},
            "an unknown role": {"role": "emperor"},
        }
        for why, values in bad.items():
            with self.subTest(why):
                self.assertContains(self.open_account(**values), "新人", status_code=422)
        self.assertFalse(User.objects.filter(name="新人").exists())

    def test_an_area_is_named_by_its_code_or_its_name(self):
        make_village_area("999001101201", "王楼村")
        make_village_area("999001102201", "王楼村")
        for text, prefix in (("甲镇", "999001101"), ("甲镇 王楼村", "999001101201"), ("王楼村", None)):
            with self.subTest(text):
                self.client.post(f"/accounts/{self.clerk.pk}/grants/", {"area": text})
                grant = Grant.objects.latest("pk")
                self.assertEqual(grant.area.prefix if prefix else None, prefix)
                self.assertEqual(Grant.objects.count() - 1, {"甲镇": 1}.get(text, 2))

    def test_a_grant_is_given_from_a_day_to_a_day_and_taken_back(self):
        other = make_township("999001102000", "乙镇")
        values = {"area": other.code, "from_day": "2016-01-01", "to_day": "2016-06-30"}
        self.client.post(f"/accounts/{self.clerk.pk}/grants/", values)
        grant = Grant.objects.get(area=other)
        self.assertEqual((str(grant.to_day), grant.given_by), ("2016-06-30", self.administrator))

        self.client.post(f"/accounts/{self.clerk.pk}/grants/{grant.pk}/end/")

        grant.refresh_from_db()
        self.assertIsNotNone(grant.taken_back_at)

    def test_a_grant_that_ends_before_it_begins_is_refused(self):
        values = {"area": self.township.code, "from_day": "2016-02-01", "to_day": "2016-01-01"}

        self.assertEqual(self.client.post(f"/accounts/{self.clerk.pk}/grants/", values).status_code, 422)

    def test_the_grant_of_somebody_else_is_not_found(self):
        grant = self.clerk.grants.get()

        response = self.client.post(f"/accounts/{self.administrator.pk}/grants/{grant.pk}/end/")
        self.assertEqual(response.status_code, 404)

    def test_roles_are_changed_and_two_administrations_are_refused(self):
        address = f"/accounts/{self.clerk.pk}/roles/"
        self.assertEqual(self.client.post(address, {"roles": ["helper"]}).status_code, 302)
        self.assertEqual(self.client.post(address, {"roles": ["system_admin", "helper"]}).status_code, 422)

        self.assertEqual(User.objects.get(pk=self.clerk.pk).roles, ("helper",))

    def test_an_account_is_closed_with_a_reason_and_opened_again(self):
        address = f"/accounts/{self.clerk.pk}/close/"
        self.assertEqual(self.client.post(address, {"reason": ""}).status_code, 422)
        self.client.post(address, {"reason": "调离"})
        self.clerk.refresh_from_db()
        self.assertEqual((self.clerk.is_active, self.clerk.deactivated_reason), (False, "调离"))

        self.client.post(f"/accounts/{self.clerk.pk}/reopen/")

        self.assertTrue(User.objects.get(pk=self.clerk.pk).is_active)

    def test_nobody_closes_their_own_account(self):
        response = self.client.post(f"/accounts/{self.administrator.pk}/close/", {"reason": "x"})

        self.assertEqual(response.status_code, 422)
        self.assertTrue(User.objects.get(pk=self.administrator.pk).is_active)

    def test_every_step_is_in_the_history_with_who_and_why(self):
        services.close_account(self.clerk, reason="调离", actor=self.administrator)

        change = Change.objects.get(kind="account.closed")
        row = RowHistory.objects.get(change=change, table="accounts_user")
        self.assertEqual((change.user_id, change.reason), (self.administrator.pk, "调离"))
        self.assertEqual(row.changed["is_active"], [True, False])
        self.assertNotIn("password", row.image)
