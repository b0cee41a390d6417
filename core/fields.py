"""Model fields of the house."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models

FEN = Decimal(100)


def to_fen(yuan: Decimal) -> int:
    """Whole fen of an amount in yuan, half up."""
    return int((yuan * FEN).quantize(Decimal(1), rounding=ROUND_HALF_UP))


class FenField(models.BigIntegerField):
    """Money: `bigint` fen in the table, `Decimal` yuan in Python. NULL is unknown, never zero.

    Its values, sums and extremes come back as yuan; an expression over several columns is whole fen.
    """

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value) / FEN

    def to_python(self, value: Any) -> Any:
        if value is None or value == "":
            return None
        try:
            amount = Decimal(str(value))
        except ArithmeticError:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})
        return amount

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return to_fen(self.to_python(value))

    @property
    def validators(self) -> list[Any]:
        limit = 10**13
        return [validators.MinValueValidator(-limit), validators.MaxValueValidator(limit)]

    def formfield(self, **kwargs: Any) -> Any:
        options = {"form_class": forms.DecimalField, "max_digits": 15, "decimal_places": 2}
        return models.Field.formfield(self, **{**options, **kwargs})
