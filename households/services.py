"""The only place that changes several rows of the register at once."""

from django.db import connection

from core.changes import change

_MISSING_YEARS = """
INSERT INTO households_householdyear (household_id, village_id, year, version, closed,
    members, school_age, out_of_school, school_unknown, uninsured, insurance_unknown,
    seriously_ill, ill_without_relief, ill_relief_unknown)
SELECT h.id, h.village_id, %s, 1, false, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM households_household h
WHERE h.county = %s AND h.cancelled_on IS NULL
  AND NOT EXISTS (SELECT FROM households_householdyear y WHERE y.household_id = h.id AND y.year = %s)
ON CONFLICT (county, household_id, year) DO NOTHING
"""


def open_household_year(county: int, year: int) -> int:
    """Give every household of the county's register a row of facts; return how many are new."""
    with change("households.year_opened", county=county), connection.cursor() as cursor:
        cursor.execute(_MISSING_YEARS, [year, county, year])
        return cursor.rowcount
