"""Showing a masked value, and comparing it with a number from the paper."""

import pytest
from django.test import TestCase, override_settings

from accounts.models import AccessEvent
from accounts.recent import TYPED
from core.models import Notice
from core.secrets import reveal
from tests.makers import (
    PASSWORD,
    make_household,
    make_member,
    make_secret,
    make_township,
    make_user,
    make_village,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("english")
SAME, DIFFERENT = "paper is the registered one", "paper is not the registered one"
HTMX = {"HX-Request": "true"}
WHY = {"why": "insurance", "more": "", "password": PASSWORD}


class SecretPages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.household = make_household(village=make_village("999001101201"))
        cls.household.phone = make_secret(
            "phone", "10036387383", table="households_household", subject_id=cls.household.pk
        )
        cls.household.save(update_fields=["phone"])
        cls.person = make_member(cls.household, name="李四").person
        cls.plain = reveal(cls.person.id_number)
        cls.clerk = make_user("township_clerk", make_township())
        cls.helper = make_user("supervisor", make_township())
        cls.next = make_user("township_clerk", make_township("999001102000", "邻镇"))

    def setUp(self):
        sign_in(self.client, self.clerk)
        self.client.cookies["language"] = "en"

    def address(self, what: str, secret: int | None = None, number: str = "") -> str:
        secret = secret or self.person.id_number_id
        return f"/households/{number or self.household.number}/secrets/{secret}/{what}/"

    def show(self, body: dict[str, str] | None = None, **more):
        return self.client.post(self.address("reveal"), WHY if body is None else body, **more)

    def kinds(self) -> list[str]:
        return list(AccessEvent.objects.order_by("pk").values_list("kind", flat=True))


class RevealTests(SecretPages):
    def test_it_is_shown_once_after_reason_and_password(self):
        answer = self.show()

        self.assertContains(answer, self.plain)
        self.assertContains(answer, 'data-expires="30"')
        self.assertEqual(answer.headers["Refresh"], f"30; url=/households/{self.household.number}/")
        self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_the_record_names_subject_field_and_reason_and_never_the_value(self):
        self.show({**WHY, "more": "for the township hospital"})

        event = AccessEvent.objects.get(kind="revealed")
        self.assertEqual(event.user, self.clerk)
        self.assertEqual(
            event.subject, f"household {self.household.number} person {self.person.pk} id_number"
        )
        self.assertEqual(event.reason, "check the insurance list: for the township hospital")
        self.assertNotIn(self.plain[6:], str(AccessEvent.objects.values()))

    def test_asking_by_get_shows_no_value(self):
        for headers in ({}, HTMX):
            answer = self.client.get(self.address("reveal"), headers=headers)
            self.assertContains(answer, "999***************")
            self.assertNotContains(answer, self.plain)
        self.assertNotIn("revealed", self.kinds())

    def test_htmx_gets_the_cell_and_the_dialog_goes(self):
        answer = self.show(headers=HTMX)

        self.assertContains(answer, f">{self.plain}</span>")
        self.assertContains(answer, 'data-mask="999***************"')
        self.assertContains(answer, 'hx-swap-oob="delete"')
        self.assertNotContains(answer, "<html")
        self.assertNotIn("HX-Retarget", answer.headers)

    def test_without_reason_or_password_nothing_is_shown_and_nothing_is_counted(self):
        bodies = (
            {},
            {**WHY, "why": ""},
            {**WHY, "why": "curiosity"},
            {**WHY, "why": "other", "more": " "},
            {**WHY, "password": "wrong"},
            {**WHY, "password": ""},
            {**WHY, "more": "number 999001197005010"},
        )
        for body in bodies:
            with self.subTest(body=body):
                answer = self.show(body, headers=HTMX)
                self.assertEqual(answer.status_code, 422)
                self.assertEqual(answer.headers["HX-Retarget"], "#secret-dialog")
                self.assertNotContains(answer, self.plain, status_code=422)
        self.assertNotIn("revealed", self.kinds())

    def test_the_password_typed_just_now_is_not_asked_again(self):
        self.show()
        second = self.show({"why": "account"})

        self.assertContains(second, self.plain)

    def test_after_five_minutes_it_is_asked_again(self):
        self.show()
        session = self.client.session
        session[TYPED] -= 301
        session.save()

        self.assertEqual(self.show({"why": "account"}).status_code, 422)

    def test_wrong_passwords_lock_as_at_the_door(self):
        answers = [self.show({**WHY, "password": "wrong"}).status_code for _try in range(5)]
        right = self.show()

        self.assertEqual(answers, [422] * 5)
        self.assertContains(right, "wait 15 minutes", status_code=422)

    @override_settings(REVEALS_PER_HOUR=2)
    def test_the_hour_has_its_limit_and_security_is_told(self):
        administrator = make_user("security_admin", False)
        answers = [self.show().status_code for _try in range(4)]

        self.assertEqual(answers, [200, 200, 429, 429])
        self.assertEqual(self.kinds().count("revealed"), 2)
        notice = Notice.objects.get(user_id=administrator.pk)
        self.assertEqual(notice.address, f"/accounts/{self.clerk.pk}/")
        self.assertNotIn(self.clerk.username, str(notice.values))

    def test_phone_and_account_are_shown_the_same_way(self):
        answer = self.client.post(self.address("reveal", self.household.phone_id), WHY)

        self.assertContains(answer, "10036387383")

    def test_a_secret_of_another_household_is_not_found_under_this_one(self):
        other = make_member(make_household(village=make_village("999001101201"))).person

        self.assertEqual(self.client.get(self.address("reveal", other.id_number_id)).status_code, 404)

    def test_the_next_township_finds_nothing(self):
        sign_in(self.client, self.next)

        self.assertEqual(self.show().status_code, 404)
        self.assertNotIn("revealed", self.kinds())

    def test_without_the_right_it_is_refused(self):
        sign_in(self.client, self.helper)

        self.assertEqual(self.show().status_code, 403)

    def test_the_page_offers_it_to_who_may(self):
        page = f"/households/{self.household.number}/"

        self.assertContains(self.client.get(page), self.address("reveal"))
        sign_in(self.client, self.helper)
        self.assertNotContains(self.client.get(page), "/reveal/")
        self.assertContains(self.client.get(page), self.address("compare"))


class CompareTests(SecretPages):
    def compare(self, typed: str, **more):
        return self.client.post(self.address("compare"), {"typed": typed}, **more)

    def test_the_registered_number_is_the_same_in_any_writing(self):
        for typed in (self.plain, f" {self.plain[:6]} {self.plain[6:14]} {self.plain[14:].lower()} "):
            self.assertContains(self.compare(typed), SAME)
        self.assertEqual(self.kinds(), ["compared"] * 2)
        self.assertEqual(AccessEvent.objects.first().reason, "same")

    def test_another_number_is_different_and_nothing_more_is_said(self):
        digit = "1" if self.plain[12] != "1" else "2"
        near = self.compare(self.plain[:12] + digit + self.plain[13:]).content.decode()
        far = self.compare("999001198001010011").content.decode()

        def words(page: str) -> str:
            return (
                page.split("<main")[1].split("</main")[0].split("csrfmiddlewaretoken")[0].replace("28", "29")
            )

        self.assertIn(DIFFERENT, near)
        self.assertEqual(words(near), words(far))

    def test_what_was_typed_does_not_come_back(self):
        self.assertNotContains(self.compare(self.plain, headers=HTMX), self.plain[6:])

    def test_half_a_number_is_refused_and_not_counted(self):
        for typed in ("", "9990", self.plain[:17], "abc", "x" * 41, "\x00"):
            with self.subTest(typed=typed):
                self.assertEqual(self.compare(typed).status_code, 422)
        self.assertNotIn("compared", self.kinds())

    def test_who_may_not_see_it_may_compare(self):
        sign_in(self.client, self.helper)

        self.assertContains(self.compare(self.plain), SAME)

    @override_settings(COMPARES_PER_HOUR=2)
    def test_the_hour_has_its_limit(self):
        answers = [self.compare(self.plain) for _try in range(3)]

        self.assertEqual([answer.status_code for answer in answers], [200, 200, 429])
        self.assertNotContains(answers[2], SAME, status_code=429)

    def test_the_next_township_finds_nothing(self):
        sign_in(self.client, self.next)

        self.assertEqual(self.compare(self.plain).status_code, 404)

    def test_a_phone_is_compared_by_its_digits(self):
        address = self.address("compare", self.household.phone_id)

        self.assertContains(self.client.post(address, {"typed": "100-3638-7383"}), SAME)
        self.assertContains(self.client.post(address, {"typed": "+86 10036387383"}), SAME)
        self.assertContains(self.client.post(address, {"typed": "10036387384"}), DIFFERENT)
