"""The second step of signing in, its set-up, its loss."""

import re
import time
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase, override_settings

from accounts import checks, second_factor, services
from accounts.models import AccessEvent, RecoveryCode, SecondFactor, User
from accounts.recent import TYPED
from core.models import Job, RowHistory
from core.rotation import left_to_rotate
from tests.accounts.factors import code_in, give_factor
from tests.makers import PASSWORD, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")
CODE_PAGE = "/sign-in/code/"
PAGE = "/account/second-factor/"


@override_settings(SECOND_FACTOR="required")
class TwoSteps(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("security_admin", False, username="wang")
        cls.factor, cls.recovery = give_factor(cls.user)

    def password(self, password: str = PASSWORD, **more: str):
        return self.client.post("/sign-in/", {"username": "wang", "password": password, **more})

    def code(self, typed: str, **more: str):
        return self.client.post(CODE_PAGE, {"code": typed, **more})

    def is_in(self, client=None) -> bool:
        return (client or self.client).get("/account/").status_code == 200


class SigningInTests(TwoSteps):
    def test_the_password_alone_opens_nothing(self):
        self.assertRedirects(self.password(), CODE_PAGE)
        self.assertFalse(self.is_in())
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_password_and_code_open_the_page_that_was_asked_for(self):
        first = self.password(next="/audit/")
        second = self.code(code_in(self.factor), next="/accounts/")

        self.assertEqual(first.headers["Location"], CODE_PAGE + "?next=%2Faudit%2F")
        self.assertRedirects(second, "/accounts/")
        self.assertTrue(self.is_in())

    def test_each_step_gets_a_new_session_id(self):
        self.password()
        before = self.client.session.session_key
        self.code(code_in(self.factor))

        self.assertNotEqual(self.client.session.session_key, before)

    def test_a_code_without_the_password_before_leads_back(self):
        self.assertRedirects(self.code(code_in(self.factor)), "/sign-in/")

    def test_after_five_minutes_the_password_is_asked_again(self):
        self.password()
        with patch("accounts.signing_in.time.time", return_value=time.time() + 301):
            self.assertRedirects(self.code(code_in(self.factor)), "/sign-in/")
        self.assertFalse(self.is_in())

    def test_a_password_reset_in_between_ends_the_half_way_session(self):
        self.password()
        services.reset_password(User.objects.get(pk=self.user.pk), actor=make_user("security_admin", False))

        self.assertRedirects(self.code(code_in(self.factor)), "/sign-in/")

    def test_a_reset_password_does_not_replace_the_second_step(self):
        first = services.reset_password(
            User.objects.get(pk=self.user.pk), actor=make_user("security_admin", False)
        )

        self.assertRedirects(self.password(first), CODE_PAGE)

    def test_a_code_works_once(self):
        typed = code_in(self.factor)
        self.password()
        self.code(typed)
        self.client.post("/sign-out/")
        self.password()

        self.assertEqual(self.code(typed).status_code, 422)
        self.assertEqual(AccessEvent.objects.filter(kind="factor_refused").get().user, self.user)

    def test_an_earlier_code_does_not_work_after_a_later_one(self):
        self.assertTrue(second_factor.accepts(self.user, code_in(self.factor, 1)))
        self.assertFalse(second_factor.accepts(self.user, code_in(self.factor)))

    def test_a_set_up_that_is_over_in_another_window_gives_no_codes(self):
        with self.assertRaises(ValidationError):
            second_factor.confirm(self.factor, code_in(self.factor))
        self.assertTrue(second_factor.accepts(self.user, self.recovery[0]))

    def test_a_recovery_code_works_once(self):
        self.password()
        self.assertEqual(self.code(self.recovery[3].upper().replace("-", " ")).status_code, 302)
        self.assertEqual(second_factor.codes_left(self.factor), 9)
        self.assertFalse(second_factor.accepts(self.user, self.recovery[3]))
        self.assertTrue(second_factor.accepts(self.user, self.recovery[4]))

    def test_wrong_codes_lock_the_account_as_wrong_passwords_do(self):
        self.password()
        answers = [self.code("000000").status_code for _try in range(6)]
        right = self.code(code_in(self.factor))

        self.assertEqual(answers, [422] * 5 + [429])
        self.assertEqual(right.status_code, 429)
        self.assertEqual(right.headers["Retry-After"], "900")
        self.assertEqual(self.password().status_code, 429)

    def test_wrong_passwords_and_wrong_codes_are_counted_together(self):
        for _try in range(3):
            self.password("wrong")
        self.password()
        answers = [self.code("000000").status_code for _try in range(3)]

        self.assertEqual(answers, [422, 422, 429])

    def test_the_right_password_does_not_forgive_wrong_codes(self):
        answers = []
        for _round in range(6):
            answers.append(self.password().status_code)
            answers.append(self.code("000000").status_code)

        self.assertEqual(answers, [302, 422] * 5 + [429, 429])
        self.assertFalse(self.is_in())

    def test_a_wrong_password_is_answered_as_if_there_were_no_factor(self):
        make_user("security_admin", False, username="li")
        answers = [
            self.client.post("/sign-in/", {"username": name, "password": "wrong"}).status_code
            for name in ("wang", "li", "nobody")
        ]

        self.assertEqual(answers, [422] * 3)

    def test_a_session_of_before_it_was_demanded_ends(self):
        with override_settings(SECOND_FACTOR="off"):
            self.password()
            self.assertTrue(self.is_in())

        self.assertFalse(self.is_in())
        self.assertEqual(AccessEvent.objects.get(kind="session_ended").reason, "second step")

    def test_a_session_of_before_it_was_demanded_opens_no_interface_either(self):
        with override_settings(SECOND_FACTOR="off"):
            self.password()

        self.assertEqual(self.client.get("/api/v1/me/").status_code, 401)
        self.assertFalse(self.is_in())

    def test_switched_off_the_password_is_enough(self):
        with override_settings(SECOND_FACTOR="off"):
            self.password()
            self.assertTrue(self.is_in())

    def test_garbage_instead_of_a_code_is_refused_with_a_sentence(self):
        self.password()
        for typed in ("", "x" * 41, "١٢٣٤٥٦", "\x00", "12 34", "a" * 16):
            with self.subTest(typed=typed):
                answer = self.code(typed)
                self.assertIn(answer.status_code, (422, 429))
                self.assertContains(
                    answer,
                    'class="err"' if answer.status_code == 422 else "15 minutes",
                    status_code=answer.status_code,
                )


@override_settings(SECOND_FACTOR="required")
class SetUpTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make_user("system_admin", False, username="zhao")
        User.objects.update(language="en")

    def setUp(self):
        self.client.post("/sign-in/", {"username": "zhao", "password": PASSWORD})

    def come_in_again(self) -> None:
        """With both steps, long after the password was typed."""
        sign_in(self.client, User.objects.get(pk=self.user.pk))
        session = self.client.session
        session[second_factor.BOTH_STEPS] = True
        session.save()

    def begun(self) -> SecondFactor:
        self.client.post(PAGE)
        return SecondFactor.objects.get(confirmed_at=None, ended_at=None)

    def test_who_needs_one_is_led_to_the_set_up_first(self):
        self.assertRedirects(self.client.get("/jobs/"), PAGE)
        self.assertEqual(self.client.get("/account/").status_code, 302)
        self.assertEqual(self.client.post("/sign-out/").headers["Location"], "/sign-in/")

    def test_a_role_that_needs_none_walks_in(self):
        make_user("township_clerk", username="clerk")
        self.client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})

        self.assertEqual(self.client.get("/households/").status_code, 200)

    def test_optional_lets_an_administrator_in_without_one(self):
        with override_settings(SECOND_FACTOR="optional"):
            self.assertEqual(self.client.get("/jobs/").status_code, 200)

    def test_the_key_is_shown_as_drawing_and_letters_until_it_is_confirmed(self):
        factor = self.begun()
        page = self.client.get(PAGE)

        letters = re.search(r"<output[^>]*>([A-Z2-7 ]+)</output>", page.content.decode()).group(1)
        self.assertEqual(letters.replace(" ", ""), second_factor.key_of(factor))
        self.assertContains(page, "<svg")
        self.assertNotContains(page, " style=")
        self.assertIn("no-store", page.headers["Cache-Control"])

    def test_the_first_code_switches_it_on_and_shows_ten_recovery_codes_once(self):
        factor = self.begun()
        answer = self.client.post(PAGE + "confirm/", {"code": code_in(factor)})

        self.assertEqual(len(re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", answer.content.decode())), 10)
        self.assertEqual(self.client.get("/jobs/").status_code, 200)
        self.assertNotContains(self.client.get(PAGE), "<output")
        self.assertTrue(AccessEvent.objects.filter(kind="factor_set", user=self.user).exists())

    def test_a_wrong_first_code_changes_nothing(self):
        self.begun()
        answer = self.client.post(PAGE + "confirm/", {"code": "000000"})

        self.assertContains(answer, "This is not the code of now", status_code=422)
        self.assertIsNone(second_factor.factor_of(self.user))

    def test_setting_it_up_ends_the_other_sessions(self):
        elsewhere = self.client_class()
        elsewhere.post("/sign-in/", {"username": "zhao", "password": PASSWORD})
        self.client.post(PAGE + "confirm/", {"code": code_in(self.begun())})

        self.assertEqual(elsewhere.get(PAGE).status_code, 302)
        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def test_neither_page_nor_session_nor_history_keeps_the_key(self):
        factor = self.begun()
        key = second_factor.key_of(factor)

        self.assertNotIn(key, str(dict(self.client.session)))
        self.assertNotIn(key, str(list(RowHistory.objects.values_list("image", flat=True))))
        self.assertNotIn(key, str(list(Job.objects.values())))
        self.assertNotIn("code_hash", str(list(RowHistory.objects.values_list("image", flat=True))))

    def test_the_key_is_written_anew_when_keys_change(self):
        factor = self.begun()
        with override_settings(CURRENT_FIELD_KEY="another"):
            self.assertIn(factor.secret_id, left_to_rotate().values_list("pk", flat=True))

    def test_long_after_the_password_it_is_asked_again(self):
        session = self.client.session
        session[TYPED] -= 600
        session.save()

        self.assertContains(
            self.client.post(PAGE, {"password": "wrong"}), "not your password", status_code=422
        )
        self.assertFalse(SecondFactor.objects.exists())
        self.assertRedirects(self.client.post(PAGE, {"password": PASSWORD}), PAGE)
        self.assertTrue(SecondFactor.objects.exists())

    def test_new_recovery_codes_replace_the_old_ones(self):
        _factor, old = give_factor(self.user)
        self.come_in_again()
        answer = self.client.post(PAGE + "codes/", {"password": PASSWORD})

        self.assertEqual(answer.status_code, 200)
        self.assertFalse(second_factor.accepts(self.user, old[0]))
        self.assertEqual(RecoveryCode.objects.filter(replaced_at=None, used_at=None).count(), 10)

    def test_it_is_removed_with_the_password_only(self):
        give_factor(self.user)
        self.come_in_again()

        self.assertEqual(self.client.post(PAGE + "remove/").status_code, 422)
        self.assertIsNotNone(second_factor.factor_of(self.user))
        self.assertRedirects(self.client.post(PAGE + "remove/", {"password": PASSWORD}), PAGE)
        self.assertIsNone(second_factor.factor_of(self.user))

    def test_two_at_once_for_one_account_are_refused(self):
        give_factor(self.user)
        with self.assertRaises(ValidationError):
            second_factor.begin(self.user)


@override_settings(SECOND_FACTOR="optional")
class ResetTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.administrator = make_user("security_admin", False)
        cls.person = make_user("auditor")
        give_factor(cls.person)
        cls.address = f"/accounts/{cls.person.pk}/second-factor/reset/"

    def setUp(self):
        sign_in(self.client, self.administrator)
        self.client.cookies["language"] = "en"

    def test_the_security_administrator_resets_a_lost_one_with_reason_and_password(self):
        self.client.post(self.address, {"reason": "phone lost", "password": PASSWORD})

        self.assertIsNone(second_factor.factor_of(self.person))
        event = AccessEvent.objects.get(kind="factor_removed")
        self.assertEqual(
            (event.user, event.subject, event.reason),
            (self.administrator, self.person.username, "phone lost"),
        )

    def test_without_reason_or_password_nothing_happens(self):
        for body in (
            {},
            {"reason": " ", "password": PASSWORD},
            {"reason": "phone lost", "password": "wrong"},
        ):
            with self.subTest(body=body):
                self.assertEqual(self.client.post(self.address, body).status_code, 422)
        self.assertIsNotNone(second_factor.factor_of(self.person))

    def test_nobody_resets_their_own(self):
        give_factor(self.administrator)
        sign_in(self.client, User.objects.get(pk=self.administrator.pk))
        answer = self.client.post(
            f"/accounts/{self.administrator.pk}/second-factor/reset/",
            {"reason": "lost", "password": PASSWORD},
        )

        self.assertContains(answer, "Nobody resets their own", status_code=422)
        self.assertIsNotNone(second_factor.factor_of(self.administrator))

    def test_it_ends_the_sessions_of_the_person(self):
        theirs = self.client_class()
        sign_in(theirs, User.objects.get(pk=self.person.pk))
        self.client.post(self.address, {"reason": "phone lost", "password": PASSWORD})

        self.assertEqual(theirs.get("/account/").status_code, 302)


class CheckTests(TestCase):
    def ids(self, **settings) -> list[str]:
        with override_settings(**settings):
            return [message.id for message in checks.second_factor_is_asked()]

    def test_production_without_it_is_warned_about(self):
        self.assertEqual(self.ids(PRODUCTION=True, SECOND_FACTOR="optional"), ["accounts.W004"])
        self.assertEqual(self.ids(PRODUCTION=True, SECOND_FACTOR="required"), [])
        self.assertEqual(self.ids(PRODUCTION=False, SECOND_FACTOR="off"), [])

    def test_a_mistyped_setting_is_an_error(self):
        self.assertEqual(self.ids(SECOND_FACTOR="on"), ["accounts.E002"])
        self.assertEqual(self.ids(SECOND_FACTOR_ROLES=frozenset({"boss"})), ["accounts.E003"])
