"""The SQL of a queryset, for statements that are larger than the ORM can say."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet


def statement_of(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The statement and its values; None when it is known without asking that there is no row."""
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return None
