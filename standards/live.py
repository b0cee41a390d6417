"""What the verdict would be if some facts were other: nothing is written (`decisions` 21).

The rows as they would be take the table's place, under its name, in the statement that judges.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg2.extras import Json

from households.models import HouseholdYear
from standards.judging import judged
from standards.models import StandardVersion
from standards.outcomes import Outcome

_TABLE = HouseholdYear._meta.db_table
_FROM = f' FROM "{_TABLE}"'
_AS_THEY_WOULD_BE = """
SELECT would_be.* FROM unnest(%s::bigint[], %s::jsonb[]) AS said(household_id, vals)
JOIN households_householdyear stored
    ON stored.county = %s AND stored.household_id = said.household_id AND stored.year = %s
CROSS JOIN LATERAL jsonb_populate_record(stored, said.vals) AS would_be
"""


def verdicts_with(
    version: StandardVersion, county: int, year: int, values: Mapping[int, Mapping[str, Any]]
) -> dict[int, Outcome]:
    """The verdict of each household if its facts of the year had these values; one statement.

    `values`: by key of the household, columns as `to_jsonb` writes them. Households without a row
    of the year are left out.
    """
    if not values:
        return {}
    facts = HouseholdYear.objects.filter(county=county, household__in=list(values))
    rows = judged(version, year, facts).values_list("household_id", "judged_verdict")
    sql, params = rows.query.sql_with_params()
    head, tail = sql.split(_FROM, 1)
    place = head.count("%s")
    said: list[Any] = [list(values), [Json(dict(one)) for one in values.values()], county, year]
    with connection.cursor() as cursor:
        cursor.execute(
            f'{head} FROM ({_AS_THEY_WOULD_BE}) AS "{_TABLE}"{tail}',
            [*params[:place], *said, *params[place:]],
        )
        return {household: Outcome(verdict) for household, verdict in cursor.fetchall()}
