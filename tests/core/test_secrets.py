import base64
import os
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase, override_settings

from core import rotation, secrets
from core.masks import mask, mask_name
from core.models import Secret
from core.secrets import Plain, SecretError
from tests.database import as_owner

pytestmark = pytest.mark.usefixtures("english")


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def keys(field: dict[str, str], hashed: dict[str, str]) -> override_settings:
    """Settings with these keys, the last of each the current one."""
    return override_settings(
        FIELD_KEYS=field,
        HASH_KEYS=hashed,
        CURRENT_FIELD_KEY=list(field)[-1],
        CURRENT_HASH_KEY=list(hashed)[-1],
    )


def remove_secrets(**which: str) -> None:
    """Only the owner of the tables can."""
    with as_owner():
        Secret.objects.filter(**which).delete()


FIELD = {"f1": new_key()}
HASH = {"h1": new_key()}


class SealTests(TestCase):
    def setUp(self):
        remove_secrets()
        held = keys(FIELD, HASH)
        held.enable()
        self.addCleanup(held.disable)

    def seal(self, plain: str = "999001197005010018", subject_id: int = 7) -> Secret:
        return secrets.seal(table="households_person", field="id_number", subject_id=subject_id, plain=plain)

    def test_a_sealed_value_opens_again(self):
        secret = Secret.objects.get(pk=self.seal("陇家堡").pk)

        self.assertEqual(secrets.reveal(secret), "陇家堡")

    def test_the_plain_value_is_nowhere_in_the_row(self):
        self.seal("999001197005010018")

        with connection.cursor() as cursor:
            cursor.execute("SELECT core_secret::text FROM core_secret")
            rows = str(cursor.fetchall())
        self.assertNotIn("999001197005010018", rows)
        self.assertNotIn(b"999001197005010018".hex(), rows)

    def test_equal_values_are_sealed_differently_and_hash_alike(self):
        one, other = self.seal(subject_id=1), self.seal(subject_id=2)

        self.assertNotEqual(bytes(one.ciphertext), bytes(other.ciphertext))
        self.assertEqual(bytes(one.keyed_hash), bytes(other.keyed_hash))

    def test_the_same_text_in_another_field_hashes_differently(self):
        self.assertNotEqual(
            secrets.keyed_hash("phone", "13800001234"), secrets.keyed_hash("account", "13800001234")
        )

    def test_a_value_is_found_by_its_hash(self):
        secret = self.seal("999001197005010018")

        found = Secret.objects.get(
            field="id_number", keyed_hash=secrets.keyed_hash("id_number", "999001197005010018")
        )
        self.assertEqual(found, secret)

    def test_a_ciphertext_moved_to_another_subject_does_not_open(self):
        secret = self.seal(subject_id=1)
        Secret.objects.filter(pk=secret.pk).update(subject_id=2)

        with self.assertRaisesMessage(SecretError, "does not open"):
            secrets.reveal(Secret.objects.get(pk=secret.pk))

    def test_two_swapped_ciphertexts_do_not_open(self):
        one, other = self.seal("one", 1), self.seal("other", 2)
        one.ciphertext, other.ciphertext = other.ciphertext, one.ciphertext

        for secret in (one, other):
            with self.assertRaises(SecretError):
                secrets.reveal(secret)

    def test_a_ciphertext_in_another_field_or_table_does_not_open(self):
        for column, value in (("field", "phone"), ("subject_table", "accounts_official")):
            with self.subTest(column):
                secret = self.seal()
                setattr(secret, column, value)
                with self.assertRaises(SecretError):
                    secrets.reveal(secret)

    def test_a_changed_byte_does_not_open(self):
        secret = self.seal()
        sealed = bytearray(secret.ciphertext)
        sealed[-1] ^= 1
        secret.ciphertext = bytes(sealed)

        with self.assertRaises(SecretError):
            secrets.reveal(secret)

    def test_many_are_sealed_in_order_and_open_again(self):
        rows = [Plain("households_person", "phone", n, f"138{n:08d}") for n in range(50)]

        ids = secrets.seal_many(rows)

        held = Secret.objects.in_bulk(ids)
        self.assertEqual(secrets.reveal_many([held[key] for key in ids]), [row.plain for row in rows])

    def test_many_of_none_is_none(self):
        self.assertEqual(secrets.seal_many([]), [])

    def test_a_county_of_secrets_is_sealed_in_seconds_of_work(self):
        rows = [Plain("households_person", "id_number", n, f"9990011970{n:08d}") for n in range(32_000)]

        begun = time.process_time()
        secrets.seal_many(rows)

        self.assertLess(time.process_time() - begun, 4)
        self.assertEqual(Secret.objects.filter(field="id_number").count(), 32_000)


class KeyTests(TestCase):
    def setUp(self):
        remove_secrets()

    def test_a_wrong_key_under_the_same_name_is_refused_before_anything_is_written(self):
        with keys(FIELD, HASH):
            secrets.check_canaries()

        with keys({"f1": new_key()}, HASH), self.assertRaisesMessage(SecretError, "does not open"):
            secrets.seal(table="t", field="phone", subject_id=1, plain="x")
        self.assertFalse(Secret.objects.filter(field="phone").exists())

    def test_a_wrong_hash_key_under_the_same_name_is_refused(self):
        with keys(FIELD, HASH):
            secrets.check_canaries()

        with keys(FIELD, {"h1": new_key()}), self.assertRaisesMessage(SecretError, "not the ones"):
            secrets.check_canaries()

    def test_a_missing_key_is_named(self):
        with keys(FIELD, HASH):
            secrets.check_canaries()

        with keys({"f2": new_key()}, HASH), self.assertRaisesMessage(SecretError, "“f1” is missing"):
            secrets.check_canaries()

    def test_no_key_at_all_is_refused(self):
        held = override_settings(FIELD_KEYS={}, HASH_KEYS={}, CURRENT_FIELD_KEY="", CURRENT_HASH_KEY="")
        with held, self.assertRaisesMessage(SecretError, "is missing"):
            secrets.check_canaries()

    def test_a_short_key_is_refused(self):
        short = base64.b64encode(b"short").decode()
        with keys({"f1": short}, HASH), self.assertRaisesMessage(SecretError, "not 32 bytes"):
            secrets.check_canaries()

    def test_the_command_says_whether_the_keys_open(self):
        out = StringIO()
        with keys(FIELD, HASH):
            call_command("check_keys", stdout=out)
        self.assertIn("open the secrets", out.getvalue())

        with keys({"f1": new_key()}, HASH), self.assertRaises(CommandError):
            call_command("check_keys")

    def test_without_a_canary_an_earlier_secret_proves_the_keys(self):
        with keys(FIELD, HASH):
            secrets.seal(table="t", field="phone", subject_id=1, plain="x")
        remove_secrets(field="canary")

        for wrong in (keys({"f1": new_key()}, HASH), keys(FIELD, {"h1": new_key()})):
            with wrong, self.assertRaises(SecretError):
                secrets.check_canaries()

    def test_the_canary_is_written_once(self):
        with keys(FIELD, HASH):
            secrets.check_canaries()
            secrets.check_canaries()
            secrets.check_canaries()

        self.assertEqual(Secret.objects.filter(field="canary").count(), 1)


class RotationTests(TestCase):
    def setUp(self):
        remove_secrets()
        with keys(FIELD, HASH):
            secrets.seal_many([Plain("households_person", "phone", n, f"plain {n}") for n in range(25)])
        self.both = keys(FIELD | {"f2": new_key()}, HASH | {"h2": new_key()})

    def plains(self) -> list[str]:
        return secrets.reveal_many(list(Secret.objects.filter(field="phone").order_by("subject_id")))

    def test_all_open_and_are_found_under_the_new_keys(self):
        with self.both, as_owner():
            self.assertEqual(rotation.rotate(batch=10), 25)

            self.assertEqual(self.plains(), [f"plain {n}" for n in range(25)])
            self.assertFalse(rotation.left_to_rotate().exists())
            hashed = secrets.keyed_hash("phone", "plain 3")
            self.assertEqual(Secret.objects.get(keyed_hash=hashed).subject_id, 3)

    def test_the_old_keys_may_go_afterwards(self):
        with self.both, as_owner():
            rotation.rotate()
            new = {"f2": settings.FIELD_KEYS["f2"]}, {"h2": settings.HASH_KEYS["h2"]}

        with keys(*new):
            self.assertEqual(self.plains(), [f"plain {n}" for n in range(25)])

    def test_a_rotation_cut_off_goes_on_where_it_stopped(self):
        class CutOff(Exception):
            pass

        def stop(done: int) -> None:
            raise CutOff

        with self.both, as_owner():
            with self.assertRaises(CutOff):
                rotation.rotate(batch=10, told=stop)
            self.assertEqual(rotation.left_to_rotate().count(), 15)
            self.assertEqual(self.plains(), [f"plain {n}" for n in range(25)])

            self.assertEqual(rotation.rotate(batch=10), 15)

    def test_half_way_a_value_is_found_under_either_key(self):
        with self.both:
            rotation._rotate_batch(after=0, batch=10)

            for number in (0, 24):
                hashes = secrets.keyed_hashes("phone", f"plain {number}")
                self.assertEqual(Secret.objects.get(keyed_hash__in=hashes).subject_id, number)

    def test_the_command_tells_how_many(self):
        out = StringIO()
        with self.both, as_owner():
            call_command("rotate_keys", stdout=out)

        self.assertIn("25 secrets and 0 files written anew", out.getvalue())


class MaskTests(TestCase):
    def test_an_id_number_shows_its_first_three_digits(self):
        self.assertEqual(mask("id_number", "999001197005010018"), "999***************")

    def test_a_certificate_shows_no_more_than_the_id_inside_it(self):
        self.assertEqual(mask("certificate", "99900119700501001844"), "999" + "*" * 17)

    def test_a_phone_hides_its_middle(self):
        self.assertEqual(mask("phone", "13800001234"), "138****1234")

    def test_a_short_phone_shows_nothing(self):
        self.assertEqual(mask("phone", "7012345"), "*******")

    def test_an_account_shows_its_last_four_digits(self):
        self.assertIn("0619", mask("account", "6217000000000000619"))
        self.assertNotIn("6217", mask("account", "6217000000000000619"))

    def test_a_diagnosis_shows_nothing(self):
        self.assertEqual(mask("diagnosis", "尿毒症"), "******")

    def test_a_secret_is_masked_like_its_value(self):
        secret = secrets.seal(table="households_person", field="phone", subject_id=1, plain="13800001234")

        self.assertEqual(mask("phone", secret), "138****1234")

    def test_nothing_stays_nothing(self):
        self.assertEqual(mask("phone", None), "")

    def test_a_name_keeps_the_family_name(self):
        self.assertEqual(mask_name("张三丰"), "张*")
