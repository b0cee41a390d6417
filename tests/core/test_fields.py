from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Max, Sum
from django.test import SimpleTestCase, TestCase

from core.fields import FenField, to_fen
from households.models import HouseholdYear
from tests.makers import make_household


class FenTests(SimpleTestCase):
    def test_fen_are_rounded_half_up_once(self):
        amounts = {"0.004": 0, "0.005": 1, "8856.01": 885601, "-0.005": -1, "2952": 295200, "0.015": 2}
        for yuan, fen in amounts.items():
            with self.subTest(yuan):
                self.assertEqual(to_fen(Decimal(yuan)), fen)

    def test_what_becomes_yuan(self):
        field = FenField(null=True)
        for value, yuan in (
            (None, None),
            ("", None),
            ("12.30", Decimal("12.30")),
            (5, Decimal(5)),
            (0.1, Decimal("0.1")),
        ):
            with self.subTest(value=value):
                self.assertEqual(field.to_python(value), yuan)

    def test_what_is_no_amount_is_refused(self):
        for value in ("much", "NaN", "Infinity", "1e400000", Decimal("NaN"), float("inf"), "100000000000000"):
            with self.subTest(value), self.assertRaises(ValidationError):
                FenField(null=True).clean(value, None)

    def test_the_form_takes_two_decimals(self):
        field = FenField(null=True, blank=True).formfield()

        self.assertEqual(field.clean("12.34"), Decimal("12.34"))
        for text in ("12.345", "NaN", "many"):
            with self.subTest(text), self.assertRaises(ValidationError):
                field.clean(text)


class StoredTests(TestCase):
    def stored(self, amount):
        row = make_household(head=None, facts={"wage": amount}).years.get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT wage FROM households_householdyear WHERE id = %s", [row.pk])
            return cursor.fetchone()[0], row.wage

    def test_the_table_holds_whole_fen(self):
        for amount in ("0", "0.01", "0.10", "8856.01", "99999999999.99"):
            with self.subTest(amount):
                yuan = Decimal(amount)
                self.assertEqual(self.stored(yuan), (int(yuan * 100), yuan))

    def test_unknown_stays_unknown_and_is_not_zero(self):
        self.assertEqual(self.stored(None), (None, None))
        self.assertEqual(self.stored(0), (0, Decimal(0)))

    def test_every_fen_comes_back(self):
        for fen in range(1000, 1100):
            self.assertEqual(FenField().from_db_value(fen, None, connection), Decimal(fen) / 100)

    def test_filters_take_yuan(self):
        make_household(head=None, facts={"wage": Decimal("10.00")})

        found = [
            HouseholdYear.objects.filter(wage__gte=Decimal(limit)).count() for limit in ("10.00", "10.01")
        ]

        self.assertEqual(found, [1, 0])

    def test_sums_come_back_as_yuan_expressions_over_columns_as_fen(self):
        for wage in ("10.01", "20.02"):
            make_household(head=None, facts={"wage": Decimal(wage), "operating": Decimal("0.07")})

        figures = HouseholdYear.objects.aggregate(
            total=Sum("wage"), most=Max("wage"), both=Sum(F("wage") + F("operating"))
        )

        expected = {"total": Decimal("30.03"), "most": Decimal("20.02"), "both": 3017}
        self.assertEqual(figures, expected)
