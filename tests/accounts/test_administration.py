from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import AccessEvent, Grant, User
from core.models import Change, RowHistory
from tests.makers import make_household, make_organisation, make_township, make_user, make_village_area
from tests.signing_in import sign_in


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

        self.assertEqual(self.client.post(f"/accounts/{self.clerk.pk}/reopen/").status_code, 422)
        self.client.post(f"/accounts/{self.clerk.pk}/reopen/", {"reason": "回来"})

        self.assertTrue(User.objects.get(pk=self.clerk.pk).is_active)

    def test_nobody_closes_their_own_account(self):
        response = self.client.post(f"/accounts/{self.administrator.pk}/close/", {"reason": "x"})

        self.assertEqual(response.status_code, 422)
        self.assertTrue(User.objects.get(pk=self.administrator.pk).is_active)

    def test_nobody_raises_themselves(self):
        address, before = f"/accounts/{self.administrator.pk}", self.administrator.password
        for step, values in (
            ("roles", {"roles": ["county_office"]}),
            ("grants", {"area": self.township.code}),
            ("grants/households", {"homes-numbers": "9990010000000001"}),
            ("reset", {}),
            ("reopen", {"reason": "x"}),
        ):
            with self.subTest(step):
                self.client.post(f"{address}/{step}/", values)
        user = User.objects.get(pk=self.administrator.pk)
        self.assertEqual((user.roles, user.password), (("security_admin",), before))
        self.assertFalse(user.grants.exists())

    def test_an_administrator_gets_no_grant_and_who_holds_one_no_administration(self):
        system = make_user("system_admin", False)
        answer = self.client.post(f"/accounts/{system.pk}/grants/", {"area": self.township.code})
        self.assertEqual(answer.status_code, 422)
        answer = self.client.post(f"/accounts/{self.clerk.pk}/roles/", {"roles": ["system_admin"]})
        self.assertEqual(answer.status_code, 422)

        self.assertFalse(system.grants.exists())
        self.assertEqual(User.objects.get(pk=self.clerk.pk).roles, ("township_clerk",))

    def test_the_name_is_corrected_by_whoever_saw_the_newest_version(self):
        address = f"/accounts/{self.clerk.pk}/edit/"
        seen = {"name": "孙丽绢", "email": "", "version": self.clerk.version}
        self.assertEqual(self.client.post(address, seen).status_code, 302)

        late = self.client.post(address, seen | {"name": "孙李娟"})

        self.assertContains(late, "孙李娟", status_code=409)
        self.assertEqual(User.objects.get(pk=self.clerk.pk).name, "孙丽绢")
        again = {"name": "孙李娟", "version": late.context["person_form"]["version"].value()}
        self.assertEqual(self.client.post(address, again).status_code, 302)

    def test_roles_saved_by_somebody_else_meanwhile_are_not_undone(self):
        seen = self.clerk.version
        services.set_roles(self.clerk, ["helper"], actor=None)

        late = self.client.post(
            f"/accounts/{self.clerk.pk}/roles/", {"roles": ["county_office"], "version": seen}
        )

        self.assertEqual(late.status_code, 409)
        self.assertEqual(User.objects.get(pk=self.clerk.pk).roles, ("helper",))

    def test_households_are_granted_by_their_numbers(self):
        one, two = make_household(), make_household()
        address = f"/accounts/{self.clerk.pk}/grants/households/"
        bad = self.client.post(address, {"homes-numbers": f"{one.number}，9990019999999999"})
        self.assertContains(bad, "9990019999999999", status_code=422)

        self.client.post(address, {"homes-numbers": f"{one.number}，{two.number}\n{one.number}"})

        self.assertEqual(User.objects.get(pk=self.clerk.pk).household_ids(), (one.pk, two.pk))
        self.assertContains(self.client.get(f"/accounts/{self.clerk.pk}/"), two.number)

    def test_an_organisation_is_granted_by_code_or_name(self):
        bureau = make_organisation("unit-a", name="教育局")
        for number, text in enumerate(("unit-a", "教育局"), start=1):
            address = f"/accounts/{self.clerk.pk}/grants/organisation/"
            self.client.post(address, {"unit-organisation": text})
            self.assertEqual(self.clerk.grants.filter(organisation=bureau).count(), number)

    def test_all_sessions_of_a_person_end(self):
        theirs = Client()
        sign_in(theirs, self.clerk)
        self.assertEqual(theirs.get("/account/").status_code, 200)

        self.client.post(f"/accounts/{self.clerk.pk}/sign-out/")

        self.assertEqual(theirs.get("/account/").status_code, 302)
        self.assertTrue(
            AccessEvent.objects.filter(kind="session_ended", subject=self.clerk.username).exists()
        )

    def test_the_list_is_cut_by_role_state_and_area(self):
        closed = make_user("helper", self.township, name="周一")
        services.close_account(closed, reason="x", actor=None)
        make_user("township_clerk", make_township("999001102000", "乙镇"), name="周二")
        for query, names in (
            ("role=township_clerk", {"孙丽娟", "周二"}),
            ("state=closed", {"周一"}),
            (f"area={self.township.code}", {"孙丽娟", "周一"}),
            ("area=乙镇&state=never", {"周二"}),
            ("role=helper&state=open", set()),
        ):
            with self.subTest(query):
                page = self.client.get(f"/accounts/?{query}").context["page"]
                self.assertEqual({person.name for person in page}, names)

    def test_a_condition_that_means_nothing_is_said(self):
        answer = self.client.get("/accounts/?area=无此镇&role=emperor")

        self.assertEqual(len(answer.context["page"]), 0)
        self.assertTrue(answer.context["form"].errors["area"])

    def test_every_step_is_in_the_history_with_who_and_why(self):
        services.close_account(self.clerk, reason="调离", actor=self.administrator)

        change = Change.objects.get(kind="account.closed")
        row = RowHistory.objects.get(change=change, table="accounts_user")
        self.assertEqual((change.user_id, change.reason), (self.administrator.pk, "调离"))
        self.assertEqual(row.changed["is_active"], [True, False])
        self.assertNotIn("password", row.image)
