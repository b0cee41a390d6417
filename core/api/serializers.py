"""Serializers that name their fields and refuse what they do not name."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.fields import Amount, Code, Codes, Day, Text, Whole, YesNo
from core.clock import EARLIEST_YEAR, LATEST_YEAR, today
from core.fields import FenField

Data = dict[str, Any]


def check_names(data: Any, known: Any) -> None:
    """Raise, naming them, when `data` holds fields that are not `known`."""
    strange = sorted(str(name) for name in data if name not in known)
    if strange:
        words = _("There is no such field to write.")
        raise serializers.ValidationError({name: [words] for name in strange})


class Strict(serializers.Serializer):
    """A serializer to which an unknown field is an error."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            check_names(data, {name for name, field in self.fields.items() if not field.read_only})
        return super().to_internal_value(data)


class StrictModel(Strict, serializers.ModelSerializer):
    """The same for the columns of a model; saving is the work of a service.

    `Meta.signed` names amounts that may lie below zero.
    """

    serializer_field_mapping = {
        models.CharField: Text,
        models.TextField: Text,
        models.IntegerField: Whole,
        models.SmallIntegerField: Whole,
        models.BooleanField: YesNo,
        models.DateField: Day,
        FenField: Amount,
        models.DecimalField: Amount,
    }
    serializer_choice_field = Code

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        if isinstance(model_field, ArrayField):
            choices: list[Any] = list(model_field.base_field.choices or ())
            child = Code(choices=choices)
            options = {"child": child, "allow_null": model_field.null, "required": False}
            return Codes, options | {"max_length": len(choices)}
        kind, options = super().build_standard_field(field_name, model_field)
        if model_field.null:
            # Nothing is null; an empty text would be a second nothing.
            options.pop("allow_blank", None)
        if kind is not Amount:
            return kind, options
        places = getattr(model_field, "decimal_places", None) or 2
        digits = (getattr(model_field, "max_digits", None) or 13) - places
        signed = field_name in getattr(self.Meta, "signed", ())
        kept = {name: value for name, value in options.items() if name in ("required", "allow_null", "label")}
        return kind, kept | {"digits": digits, "places": places, "signed": signed}

    def get_validators(self) -> list[Any]:
        return []


class Filters(serializers.Serializer):
    """What a list can be narrowed to; `cursor` goes on where the last page ended."""

    limit = serializers.IntegerField(
        min_value=1, max_value=1000, default=100, help_text="Rows of one page, at most 1,000."
    )
    cursor = serializers.IntegerField(
        min_value=0, max_value=2**53, required=False, help_text="Where to go on: copy it from `next`."
    )

    def to_internal_value(self, data: Any) -> Any:
        strange = sorted(set(data) - set(self.fields))
        if strange:
            raise serializers.ValidationError({name: [_("There is no such filter.")] for name in strange})
        return super().to_internal_value(data)


def year_filter() -> serializers.IntegerField:
    """The year of a list; without it the year of the business day."""
    return serializers.IntegerField(
        min_value=EARLIEST_YEAR,
        max_value=LATEST_YEAR,
        default=lambda: today().year,
        help_text="Year of the facts; the current one when not named.",
    )
