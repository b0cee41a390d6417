"""What the product carries at this moment, and where that differs from `accounts.policy_fields`."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver
from rest_framework import serializers

from accounts.policy_fields import EXPORTS, IMPORTS, INDICATORS, JOBS, SERIALIZERS, TASKS, Fields, Seen
from accounts.routes import entries_without_route, routes_without_entry
from core.jobs import all_kinds
from core.models import Secret
from exchange.formats import FORMATS
from exchange.rosters.columns import COLUMNS
from standards.models import Indicator
from tests.house.test_floors import HEIGHT


def differences() -> list[str]:
    """Every route, field, import column, task and kind of job that the policy forgot, or names in vain."""
    return [
        *(f"route {name}" for name in (*routes_without_entry(), *entries_without_route())),
        *_differing(
            "field", {name: list(one().fields) for name, one in our_serializers().items()}, SERIALIZERS
        ),
        *_differing("import column", import_columns(), IMPORTS),
        *(f"task {name}" for name in sorted(our_tasks() ^ TASKS)),
        *(f"job {name}" for name in sorted({kind.name for kind in our_kinds()} ^ JOBS.keys())),
        *(f"job {kind.name}" for kind in our_kinds() if JOBS.get(kind.name, kind.right) != kind.right),
    ]


def _differing(what: str, found: dict[str, list[str]], said: dict[str, Fields]) -> Iterator[str]:
    for name in sorted(found.keys() | said.keys()):
        for part in sorted(set(found.get(name, ())) ^ said.get(name, {}).keys()):
            yield f"{what} {name}.{part}"


def export_difference(name: str, heads: list[str]) -> set[str]:
    """Columns of a file that the policy forgot, or names in vain; those of indicators are left out."""
    said = set(EXPORTS.get(name, ()))
    if INDICATORS in said:
        said.remove(INDICATORS)
        indicators = {indicator.name for indicator in Indicator.objects.all()}
        heads = [head for head in heads if head not in indicators]
    return set(heads) ^ said


# --- What there is ------------------------------------------------------------------------------
def our_serializers() -> dict[str, type[serializers.Serializer]]:
    """Every serializer of the project that has fields, by its name."""
    get_resolver().url_patterns  # noqa: B018 - addresses load the API
    found = {
        one.__name__: one
        for one in _below(serializers.BaseSerializer)
        if one.__module__.partition(".")[0] in HEIGHT
    }
    return {name: one for name, one in found.items() if _has_fields(one)}


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _has_fields(one: type[serializers.Serializer]) -> bool:
    if issubclass(one, serializers.ModelSerializer) and not hasattr(one, "Meta"):
        return False
    return bool(one().fields)


def import_columns() -> dict[str, list[str]]:
    """What each column of each agreed sheet and roster fills; of one read past its heading."""
    sheets = {code: [c.target or c.heading for c in sheet.columns] for code, sheet in FORMATS.items()}
    return sheets | {kind: [column.field for column in columns] for kind, columns in COLUMNS.items()}


def our_tasks() -> set[str]:
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if name.partition(".")[0] in HEIGHT}


def our_kinds() -> list[Any]:
    return [kind for kind in all_kinds() if not kind.name.startswith("test.")]


# --- What must not be plain ----------------------------------------------------------------------
def plain_secrets() -> list[str]:
    """Fields and columns of secrets that the policy would show as they stand."""
    return [*_plain_fields(), *_plain_columns()]


def _plain_fields() -> Iterator[str]:
    secret = {
        field.name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Secret
    }
    if not secret:
        raise ImproperlyConfigured("No model keeps a secret.")
    for name, entry in SERIALIZERS.items():
        yield from (f"{name}.{part}" for part in entry.keys() & secret if entry[part] == Seen.PLAIN)


def _plain_columns() -> Iterator[str]:
    for code, sheet in FORMATS.items():
        for column in sheet.columns:
            if (column.secret or column.field == "id_number") and IMPORTS[code][column.target] != Seen.SEALED:
                yield f"{code}.{column.target}"
