"""The facts of households and persons in a new year: taken over set-wise from the year before."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from households.models import HouseholdYear, PersonYear
from households.models.year import INCOME_ITEMS, TALLIES
from villages.years import carried

# Money of one year, and what the database keeps by itself.
NOT_CARRIED = (
    *INCOME_ITEMS,
    "stated_gross",
    "stated_net",
    "stated_per_capita",
    "income_from",
    "income_to",
    *TALLIES,
    "closed",
)
_COUNTED = [name for name in TALLIES if name != "status"]


def copy_household_year(county: int, year: int) -> int:
    """Take the facts of the county's households over from the year before; return how many rows.

    What somebody recorded for `year` already stays, and a household that is new since has a row
    of unknown facts. The village is the current one. The caller opens the change.
    """
    columns = carried(HouseholdYear, NOT_CARRIED)
    fill = _fill(HouseholdYear, "household_id", columns, "h.id = y.household_id AND h.cancelled_on IS NULL")
    names, values = _named(columns)
    return _run(
        county,
        year,
        fill,
        f"""
        INSERT INTO households_householdyear (household_id, village_id, year, version, closed,
            {", ".join(_COUNTED)}, {names})
        SELECT h.id, h.village_id, %(year)s, 1, false, {", ".join("0" for _name in _COUNTED)}, {values}
        FROM households_household h
        LEFT JOIN households_householdyear o
            ON o.county = h.county AND o.household_id = h.id AND o.year = %(last)s
        WHERE h.county = %(county)s AND h.cancelled_on IS NULL
        ORDER BY h.id
        ON CONFLICT (county, household_id, year) DO NOTHING
        """,
    )


def copy_person_year(county: int, year: int) -> int:
    """Take the facts of whoever is a member on 1 January over; return how many rows."""
    columns = carried(PersonYear, ())
    member = (
        "m.household_id = h.id AND m.person_id = o.person_id AND h.cancelled_on IS NULL"
        " AND (m.to_day IS NULL OR m.to_day > make_date(%(last)s, 12, 31))"
    )
    fill = _fill(PersonYear, "person_id", columns, member, ", households_membership m")
    names, values = _named(columns)
    return _run(
        county,
        year,
        fill,
        f"""
        INSERT INTO households_personyear (person_id, year, version, {names})
        SELECT o.person_id, %(year)s, 1, {values} FROM households_personyear o
        WHERE o.county = %(county)s AND o.year = %(last)s
          AND EXISTS (SELECT FROM households_household h, households_membership m WHERE {member})
        ORDER BY o.person_id
        ON CONFLICT (county, person_id, year) DO NOTHING
        """,
    )


def _named(columns: Sequence[str], row: str = "o") -> tuple[str, str]:
    return ", ".join(columns), ", ".join(f"{row}.{name}" for name in columns)


def _fill(model: type[models.Model], key: str, columns: Sequence[str], valid: str, also: str = "") -> str:
    """SQL that fills rows of the new year in which nobody has recorded anything yet."""
    names, values = _named(columns)
    table, mine = model._meta.db_table, _named(columns, "y")[1]
    return f"""
        UPDATE {table} y SET ({names}) = ROW({values}), version = y.version + 1
        FROM {table} o
        WHERE o.county = %(county)s AND o.year = %(last)s
          AND y.county = o.county AND y.{key} = o.{key} AND y.year = %(year)s
          AND num_nonnulls({mine}) = 0 AND num_nonnulls({values}) > 0
          AND EXISTS (SELECT FROM households_household h{also} WHERE {valid})
        """


def _run(county: int, year: int, *statements: str) -> int:
    words: dict[str, Any] = {"county": county, "year": year, "last": year - 1}
    rows = 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, words)
            rows += cursor.rowcount
    return rows
