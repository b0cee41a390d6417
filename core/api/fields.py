"""Fields that take exactly the JSON they say: a number is no text, "true" is no boolean."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

LONGEST_NUMBER = 2**31 - 1


class Text(serializers.CharField):
    """A text: one spelling (NFC), without control characters."""

    default_error_messages = {"control": _("Control characters cannot be stored.")}

    @property
    def pattern(self) -> str:
        """What the schema says: no control characters and, unless it may be blank, something to read."""
        fit = r"[^\x00-\x1f\x7f-\x9f]"
        seen = r"[^\s\x00-\x1f\x7f-\x9f]"
        return f"^{fit}*$" if self.allow_blank else f"^{fit}*{seen}{fit}*$"

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", data)
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            self.fail("control")
        return super().to_internal_value(text)


class Division(Text):
    """The code of an area, without saying whether there is one; `digits` 12 or, of a group, 15."""

    default_error_messages = {"division": _("A division code has %(digits)d digits.")}

    def __init__(self, *, digits: int = 12, **options: Any) -> None:
        self.digits = digits
        super().__init__(**options)

    @property
    def pattern(self) -> str:
        return rf"^[0-9]{{{self.digits}}}$"

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not re.fullmatch(self.pattern[1:-1], text):
            message = str(self.error_messages["division"]) % {"digits": self.digits}
            raise serializers.ValidationError(message, code="invalid")
        return text


class Code(serializers.ChoiceField):
    """One code of a list; the words belong to the list, not to the API."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Codes(serializers.ListField):
    """Codes of a list, each once."""

    def to_internal_value(self, data: Any) -> list[Any]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class YesNo(serializers.BooleanField):
    """true or false; null is "nobody has looked"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Day(serializers.DateField):
    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Amount(serializers.Field):
    """An exact number as text, like "2819.50": money in yuan, areas, months.

    `digits` before the point, `places` behind it; `signed` lets it be below zero.
    """

    default_error_messages = {
        "invalid": _("Write an exact number as text, like “2819.50”, with at most %(places)s decimals.")
    }

    def __init__(self, *, digits: int = 11, places: int = 2, signed: bool = False, **options: Any) -> None:
        self.digits, self.places, self.signed = digits, places, signed
        super().__init__(**options)

    @property
    def pattern(self) -> str:
        sign = "-?" if self.signed else ""
        return rf"^{sign}[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{self.places}}})?$"

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(self.pattern[1:-1], data):
            message = str(self.error_messages["invalid"]) % {"places": self.places}
            raise serializers.ValidationError(message, code="invalid")
        return Decimal(data)

    def to_representation(self, value: Any) -> str:
        return f"{Decimal(value):.{self.places}f}"
