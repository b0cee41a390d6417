"""Tokens: made with the password, shown once, narrowed, counted, ended."""

from datetime import timedelta

from django.test import Client, TestCase, override_settings
from django.utils import timezone, translation

from accounts import services, tokens
from accounts.models import AccessEvent, ApiToken, ApiUse
from tests.api.asking import Program, error_of
from tests.makers import PASSWORD, make_household, make_township, make_user, make_village
from tests.signing_in import sign_in

HERE, NEXT = "999001101000", "999001102000"


class MakingTests(TestCase):
    def setUp(self):
        self.enterContext(translation.override("en"))
        self.user = make_user("township_clerk", make_township(HERE))
        self.client = Client(headers={"Accept-Language": "en"})
        sign_in(self.client, self.user)

    def make(self, **values):
        form = {"name": "nightly", "scopes": ["view_households"], "days": 30, "password": PASSWORD}
        return self.client.post("/account/tokens/new/", form | values)

    def test_the_token_is_shown_once_and_only_its_hash_is_kept(self):
        response = self.make()

        token = ApiToken.objects.get()
        plain = response.context["plain"]
        self.assertContains(response, plain)
        self.assertEqual(token.digest, tokens.digest_of(plain))
        self.assertNotIn(plain, str(token.__dict__))
        self.assertNotContains(self.client.get("/account/"), plain)
        self.assertContains(self.client.get("/account/"), token.prefix)
        self.assertEqual(AccessEvent.objects.get(kind="token_made").subject, token.prefix)

    def test_a_wrong_password_a_foreign_right_and_a_foreign_area_are_refused(self):
        make_township(NEXT, "邻镇")
        for wrong in (
            {"password": "wrong"},
            {"scopes": ["run_assessments"]},
            {"scopes": ["reveal_secrets"]},
            {"scopes": []},
            {"area": NEXT},
            {"area": "999001000000"},
            {"days": 366},
            {"days": 0},
            {"name": ""},
        ):
            with self.subTest(wrong):
                self.assertEqual(self.make(**wrong).status_code, 422)
        self.assertEqual(ApiToken.objects.count(), 0)

    def test_the_twenty_first_token_is_refused_until_one_ends(self):
        made = [
            tokens.make_token(self.user, name="x", scopes=["view_households"])[0]
            for _number in range(tokens.MOST_TOKENS)
        ]
        refused = self.make()
        tokens.end_token(made[0], actor=self.user)

        self.assertContains(refused, "20 tokens already", status_code=422)
        self.assertEqual(self.make().status_code, 200)

    def test_guesses_of_the_password_are_counted_like_those_of_signing_in(self):
        for _try in range(5):
            self.make(password="wrong")

        self.assertEqual(self.make().status_code, 422)

    def test_it_ends_with_a_click_and_only_its_person_ends_it(self):
        program = Program(self.user)
        other = make_user("township_clerk", make_township(NEXT))
        stranger = Client()
        sign_in(stranger, other)

        foreign = stranger.post(f"/account/tokens/{program.token.pk}/end/")
        self.assertEqual(program.get("/me/").status_code, 200)
        self.client.post(f"/account/tokens/{program.token.pk}/end/")

        self.assertEqual(foreign.status_code, 404)
        self.assertEqual(program.get("/me/").status_code, 401)
        self.assertEqual(AccessEvent.objects.get(kind="token_ended").user, self.user)


class ComingInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.village = make_village(HERE[:9] + "201", "甲村")
        cls.foreign = make_village(NEXT[:9] + "201", "乙村")
        cls.household = make_household(village=cls.village)
        cls.other = make_household(village=cls.foreign)
        cls.county = make_user("county_office", cls.village.area.parent.parent)

    def test_without_or_with_a_wrong_token_the_answer_is_401_in_json(self):
        for words in ("", "Bearer nothing", "Bearer ", "Basic dXNlcjpwYXNz", "bearer " + "x" * 5000):
            with self.subTest(words[:20]):
                response = Client(headers={"Authorization": words}).get("/api/v1/households/")
                self.assertEqual(response.status_code, 401)
                self.assertEqual(error_of(response)["code"], "not_signed_in")
                self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")

    def test_a_token_opens_no_page(self):
        program = Program(self.county)

        self.assertEqual(program.client.get("/households/").status_code, 302)

    def test_a_scope_that_is_not_carried_is_refused_though_the_person_has_the_right(self):
        program = Program(self.county, scopes=["view_villages"])

        self.assertEqual(program.get("/villages/").status_code, 200)
        self.assertEqual(program.get("/households/").status_code, 403)
        self.assertEqual(error_of(program.get("/households/"))["code"], "not_permitted")

    def test_a_right_that_the_person_lost_is_not_carried_any_more(self):
        program = Program(self.county)
        services.set_roles(self.county, ["line_department"], actor=None)

        self.assertEqual(program.get("/households/").status_code, 403)
        self.assertEqual(program.get("/villages/").status_code, 200)

    def test_an_area_narrows_the_grants(self):
        program = Program(self.county, area=self.village.area.parent)

        found = [row["id"] for row in program.get("/households/").json()["results"]]

        self.assertEqual(found, [self.household.pk])
        self.assertEqual(program.get(f"/households/{self.other.pk}/").status_code, 404)
        self.assertEqual(program.get("/me/").json()["areas"], [HERE[:9]])

    def test_an_area_never_widens_them(self):
        clerk = make_user("township_clerk", make_township(HERE))
        program = Program(clerk, area=make_township(HERE))
        services.take_back_grant(clerk.grants.get(), actor=None)

        self.assertEqual(program.get("/households/").json()["results"], [])

    def test_single_households_do_not_count_as_lying_in_the_area(self):
        helper = make_user("helper", make_township(NEXT))
        services.grant_households(helper, [self.household.pk], actor=None)
        program = Program(helper, area=make_township(NEXT))

        found = [row["id"] for row in program.get("/households/").json()["results"]]

        self.assertEqual(found, [self.other.pk])

    def test_it_ends_with_its_day_the_account_and_a_first_password(self):
        for end in (
            lambda user: ApiToken.objects.filter(user=user).update(
                made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
            ),
            lambda user: services.close_account(user, reason="left", actor=None),
            lambda user: services.reset_password(user, actor=self.county),
        ):
            user = make_user("helper", self.village.area)
            program = Program(user)
            self.assertEqual(program.get("/me/").status_code, 200)
            end(user)
            self.assertEqual(program.get("/me/").status_code, 401)

    def test_an_account_opened_again_has_no_old_tokens(self):
        user = make_user("helper", self.village.area)
        program = Program(user)
        services.close_account(user, reason="left", actor=None)
        services.reopen_account(user, reason="back", actor=self.county)
        user.refresh_from_db()
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])

        self.assertEqual(program.get("/me/").status_code, 401)

    def test_an_old_password_stops_the_session_and_not_the_token(self):
        user = make_user("helper", self.village.area)
        program = Program(user)
        user.password_changed_at = timezone.now() - timedelta(days=100)
        user.save(update_fields=["password_changed_at"])
        browser = Client()
        sign_in(browser, user)

        self.assertEqual(program.get("/me/").status_code, 200)
        self.assertEqual(browser.get("/api/v1/me/").status_code, 403)

    def test_its_last_use_is_noted(self):
        program = Program(self.county)

        program.get("/me/")

        self.assertIsNotNone(ApiToken.objects.get(pk=program.token.pk).last_used_at)

    def test_a_session_comes_in_too_and_must_prove_its_page_to_write(self):
        browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
        sign_in(browser, self.county)

        self.assertEqual(browser.get("/api/v1/households/").status_code, 200)
        path = f"/api/v1/households/{self.household.pk}/"
        response = browser.patch(path, "{}", "application/json", headers={"If-Match": '"1"'})
        self.assertEqual(response.status_code, 403)
        self.assertIn("CSRF", error_of(response)["message"])

    @override_settings(API_PER_MINUTE=3)
    def test_who_asks_too_often_waits(self):
        program, another = Program(self.county), Program(self.county)
        for _request in range(3):
            self.assertEqual(program.get("/me/").status_code, 200)

        response = program.get("/me/")

        self.assertEqual((response.status_code, error_of(response)["code"]), (429, "too_many_requests"))
        self.assertTrue(1 <= int(response.headers["Retry-After"]) <= 60)
        self.assertEqual(another.get("/me/").status_code, 200)
        ApiUse.objects.update(minute=0)
        self.assertEqual(program.get("/me/").status_code, 200)
