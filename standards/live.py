"""What the verdict would be if some facts were other: nothing is written (`decisions` 21).

The rows as they would be take the table's place, under its name, in the statement that judges.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.extras import Json

from core.fields import FEN
from households.models import HouseholdYear
from standards.judging import judged
from standards.models import HouseholdResult, StandardVersion
from standards.outcomes import Outcome

_TABLE = HouseholdYear._meta.db_table
_FROM = f' FROM "{_TABLE}"'
_AS_THEY_WOULD_BE = """
SELECT would_be.* FROM unnest(%s::bigint[], %s::jsonb[]) AS said(household_id, vals)
JOIN households_householdyear stored
    ON stored.county = %s AND stored.household_id = said.household_id AND stored.year = %s
CROSS JOIN LATERAL jsonb_populate_record(stored, said.vals) AS would_be
"""
_RESULT = ("verdict", "outcomes", "criteria", "values", "persons", "net_income")


def verdicts_with(
    version: StandardVersion, county: int, year: int, values: Mapping[int, Mapping[str, Any]]
) -> dict[int, Outcome]:
    """The verdict of each household if its facts of the year had these values; one statement.

    `values`: by key of the household, columns as `to_jsonb` writes them. Households without a row
    of the year are left out.
    """
    rows = _judged_with(version, county, year, values, "household_id", "judged_verdict")
    return {household: Outcome(verdict) for household, verdict in rows}


def result_with(
    version: StandardVersion, county: int, household: int, year: int, values: Mapping[str, Any]
) -> HouseholdResult | None:
    """The whole result, unsaved, if the household's facts of the year had these values."""
    columns = [f"judged_{name}" for name in _RESULT]
    for *row, fen in _judged_with(version, county, year, {household: values}, *columns):
        return HouseholdResult(
            county=county,
            household_id=household,
            year=year,
            version=version,
            since=timezone.now(),
            **dict(zip(_RESULT, [*row, None if fen is None else Decimal(fen) / FEN], strict=True)),
        )
    return None


def _judged_with(
    version: StandardVersion,
    county: int,
    year: int,
    values: Mapping[int, Mapping[str, Any]],
    *columns: str,
) -> Iterator[tuple[Any, ...]]:
    if not values:
        return
    facts = HouseholdYear.objects.filter(county=county, household__in=list(values))
    rows = judged(version, year, facts).values_list(*columns)
    sql, params = rows.query.sql_with_params()
    head, tail = sql.split(_FROM, 1)
    place = head.count("%s")
    said: list[Any] = [list(values), [Json(dict(one)) for one in values.values()], county, year]
    with connection.cursor() as cursor:
        cursor.execute(
            f'{head} FROM ({_AS_THEY_WOULD_BE}) AS "{_TABLE}"{tail}',
            [*params[:place], *said, *params[place:]],
        )
        yield from cursor.fetchall()
