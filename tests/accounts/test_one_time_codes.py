import base64

from django.test import SimpleTestCase

from accounts import one_time_codes
from accounts.one_time_codes import code_of, plain_code, step_at, step_of

# The key and the moments of RFC 6238, appendix B; of its eight digits the last six.
KEY = base64.b32encode(b"12345678901234567890").decode()
MOMENTS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


class CodeTests(SimpleTestCase):
    def test_the_codes_are_those_of_the_standard(self):
        found = {moment: code_of(KEY, step_at(moment)) for moment in MOMENTS}

        self.assertEqual(found, MOMENTS)

    def test_the_code_of_one_step_beside_the_clock_is_taken_of_two_it_is_not(self):
        step = step_at(1111111109)
        codes = {drift: code_of(KEY, step + drift) for drift in (-2, -1, 0, 1, 2)}

        found = {drift: step_of(KEY, code, 1111111109) for drift, code in codes.items()}

        self.assertEqual(found, {-2: None, -1: step - 1, 0: step, 1: step + 1, 2: None})

    def test_what_people_write_around_a_code_is_put_right(self):
        self.assertEqual(plain_code(" ２８７ 082 "), "287082")
        self.assertEqual(plain_code("ABCD-efgh—2345 6789"), "abcdefgh23456789")

    def test_only_six_digits_are_a_code(self):
        self.assertEqual(
            [one_time_codes.is_code(text) for text in ("287082", "28708", "2870822", "28708a", "", "٢٨٧٠٨٢")],
            [True, False, False, False, False, False],
        )

    def test_recovery_codes_are_ten_different_ones_that_can_be_typed(self):
        codes = one_time_codes.new_recovery_codes()

        self.assertEqual(len(set(codes)), 10)
        self.assertTrue(all(one_time_codes.is_recovery_code(plain_code(code)) for code in codes))

    def test_the_app_gets_key_name_and_system(self):
        address = one_time_codes.address_for_app(KEY, "wang", "平台")

        self.assertTrue(address.startswith("otpauth://totp/%E5%B9%B3%E5%8F%B0%3Awang?secret=" + KEY))
