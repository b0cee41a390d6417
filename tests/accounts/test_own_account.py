from datetime import timedelta

from django.conf import settings
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.models import AccessEvent, User
from core.models import Change
from tests.makers import PASSWORD, make_township, make_user

NEW = "Another-Long-Word-7"


class AccountPageTests(TestCase):
    def setUp(self):
        self.user = make_user("township_clerk", make_township(name="甲镇"))
        self.client.force_login(self.user)

    def test_the_page_says_what_the_person_may_do_and_where(self):
        response = self.client.get("/account/")

        self.assertContains(response, self.user.username)
        self.assertContains(response, "甲镇")

    def test_language_and_keys_are_kept(self):
        response = self.client.post("/account/", {"language": "en"})

        self.user.refresh_from_db()
        self.assertEqual((self.user.language, self.user.single_keys), ("en", False))
        self.assertEqual(response.cookies["language"].value, "en")

    def test_the_switch_in_the_header_is_kept_too(self):
        self.client.post("/language/", {"language": "en", "next": "/account/"})

        self.user.refresh_from_db()
        self.assertEqual(self.user.language, "en")

    def test_an_unknown_language_is_refused(self):
        self.assertEqual(self.client.post("/account/", {"language": "xx"}).status_code, 422)

    def test_nothing_else_can_be_written_from_here(self):
        self.client.post("/account/", {"language": "en", "username": "boss", "is_active": "", "name": "Boss"})

        self.user.refresh_from_db()
        self.assertEqual((self.user.name, self.user.is_active), ("王五", True))


class PasswordPageTests(TestCase):
    def setUp(self):
        self.user = make_user("township_clerk")
        self.client.force_login(self.user)

    def change(self, current: str = PASSWORD, new: str = NEW, again: str | None = None):
        values = {"current": current, "new": new, "again": new if again is None else again}
        return self.client.post("/account/password/", values)

    def holds(self, password: str) -> bool:
        return User.objects.get(pk=self.user.pk).check_password(password)

    def test_the_new_password_holds_and_both_records_say_so(self):
        self.assertEqual(self.change().status_code, 302)

        self.assertTrue(self.holds(NEW))
        self.assertTrue(AccessEvent.objects.filter(kind="password_changed", user=self.user).exists())
        self.assertEqual(Change.objects.get(kind="account.password_changed").user_id, self.user.pk)

    def test_a_wrong_current_password_is_refused(self):
        self.assertEqual(self.change(current="wrong").status_code, 422)
        self.assertTrue(self.holds(PASSWORD))

    def test_guessing_it_from_an_open_session_locks_the_account(self):
        for _try in range(5):
            self.change(current="wrong")

        self.assertEqual(self.change().status_code, 422)
        self.assertTrue(self.holds(PASSWORD))
        refused = AccessEvent.objects.filter(kind__in=["sign_in_refused", "sign_in_locked"])
        self.assertEqual(
            sorted(refused.values_list("kind", flat=True)), ["sign_in_locked"] + ["sign_in_refused"] * 5
        )

    def test_two_different_new_ones_are_refused(self):
        self.assertEqual(self.change(again="Another-Long-Word-8").status_code, 422)

    def test_the_same_password_again_is_refused(self):
        self.assertEqual(self.change(new=PASSWORD).status_code, 422)

    def test_weak_passwords_are_refused(self):
        weak = {
            "short": "Ab1-efghijk",
            "common": "Password123!",
            "digits": "837465019283746",
            "words of the house": "Queshan-fupin-123456",
            "one kind": "abcdefghijklmnop",
            "too long": "Aa1-" * 33,
        }
        for why, new in weak.items():
            with self.subTest(why):
                self.assertEqual(self.change(new=new).status_code, 422)
                self.assertTrue(self.holds(PASSWORD))

    def test_a_password_of_128_characters_with_blanks_is_kept_as_typed(self):
        new = " " + "Langes Passwort 7 " * 7 + " "
        self.assertEqual(len(new), 128)

        self.assertEqual(self.change(new=new).status_code, 302)
        self.assertTrue(self.holds(new))

    @override_settings(PASSWORD_PROFILE="asvs")
    def test_the_other_profile_demands_no_kinds_of_characters(self):
        self.assertEqual(self.change(new="correcthorsebatterystaple").status_code, 302)

    def test_the_hash_is_argon2(self):
        in_force = [hasher for hasher in settings.PASSWORD_HASHERS if "MD5" not in hasher]
        with override_settings(PASSWORD_HASHERS=[*in_force, settings.PASSWORD_HASHERS[0]]):
            self.change()

        self.assertTrue(User.objects.get(pk=self.user.pk).password.startswith("argon2$argon2id$"))

    def test_no_history_row_holds_a_password(self):
        self.change()

        for image in Change.objects.filter(kind__startswith="account.").values_list("rows__image", flat=True):
            self.assertNotIn("password", image or {})


class ForcedChangeTests(TestCase):
    def setUp(self):
        self.user = make_user("township_clerk")
        self.client.force_login(self.user)

    def test_a_first_password_opens_only_the_page_to_change_it(self):
        User.objects.filter(pk=self.user.pk).update(must_change_password=True)

        self.assertRedirects(self.client.get("/account/"), "/account/password/")
        self.assertEqual(self.client.post("/sign-out/").status_code, 302)

    def test_after_the_change_everything_is_open(self):
        User.objects.filter(pk=self.user.pk).update(must_change_password=True)
        self.client.post("/account/password/", {"current": PASSWORD, "new": NEW, "again": NEW})

        self.assertEqual(self.client.get("/account/").status_code, 200)

    def test_an_old_password_must_be_changed_by_one_profile_and_not_by_the_other(self):
        User.objects.filter(pk=self.user.pk).update(password_changed_at=timezone.now() - timedelta(days=91))

        for profile, status in (("mlps", 302), ("asvs", 200)):
            with self.subTest(profile), override_settings(PASSWORD_PROFILE=profile):
                self.assertEqual(self.client.get("/account/").status_code, status)
