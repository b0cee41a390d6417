"""Villages follow their areas; every village has a row of facts for each open year."""

from typing import Any

from django.db import connection

from core.changes import change
from core.signals import facts_changed
from core.versions import save_versioned
from villages.models import Village, VillageYear
from villages.years import carried, refuse_closed

# Money of one year: a new year begins without it.
VILLAGE_INCOME = ("collective_income",)
_MISSING_VILLAGES = """
INSERT INTO villages_village (area_id)
SELECT a.id FROM areas_area a LEFT JOIN villages_village v ON v.area_id = a.id
WHERE a.level = 'village' AND a.valid_to IS NULL AND v.id IS NULL
  AND left(a.code, 6) = ANY(%s)
ON CONFLICT (area_id) DO NOTHING
"""
_MISSING_YEARS = """
INSERT INTO villages_villageyear (village_id, year, version)
SELECT v.id, %s, 1 FROM villages_village v JOIN areas_area a ON a.id = v.area_id
WHERE a.valid_to IS NULL AND left(a.code, 6) = %s
  AND NOT EXISTS (SELECT FROM villages_villageyear y WHERE y.village_id = v.id AND y.year = %s)
ON CONFLICT (county, village_id, year) DO NOTHING
"""


def register_villages(county_prefixes: list[str]) -> int:
    """Make the village rows that the areas of these counties lack; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING_VILLAGES, [county_prefixes])
        return cursor.rowcount


def open_village_year(county_prefix: str, year: int) -> int:
    """Give every valid village of the county a row of facts, all unknown; return how many are new."""
    villages = Village.objects.within(county_prefix).filter(area__valid_to=None)
    if not villages.exclude(years__year=year).exists():
        return 0
    with change("villages.year_opened", county=int(county_prefix)), connection.cursor() as cursor:
        cursor.execute(_MISSING_YEARS, [year, county_prefix, year])
        return cursor.rowcount


def copy_village_year(county: int, year: int) -> int:
    """Take the facts of the villages over from the year before; return how many got some.

    What somebody recorded for `year` already stays; the year's income is not taken over. The
    caller opens the change.
    """
    columns = carried(VillageYear, VILLAGE_INCOME)
    names, values = ", ".join(columns), ", ".join(f"o.{name}" for name in columns)
    mine = ", ".join(f"y.{name}" for name in columns)
    words = {"county": county, "year": year, "last": year - 1}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE villages_villageyear y SET ({names}) = ROW({values}), version = y.version + 1
            FROM villages_villageyear o JOIN villages_village v ON v.id = o.village_id
            JOIN areas_area a ON a.id = v.area_id
            WHERE o.county = %(county)s AND o.year = %(last)s AND a.valid_to IS NULL
              AND y.county = o.county AND y.village_id = o.village_id AND y.year = %(year)s
              AND num_nonnulls({mine}) = 0 AND num_nonnulls({values}) > 0
            """,
            words,
        )
        filled = cursor.rowcount
        cursor.execute(
            f"""
            INSERT INTO villages_villageyear (village_id, year, version, {names})
            SELECT v.id, %(year)s, 1, {values}
            FROM villages_village v JOIN areas_area a ON a.id = v.area_id
            LEFT JOIN villages_villageyear o
                ON o.county = %(county)s AND o.village_id = v.id AND o.year = %(last)s
            WHERE a.valid_to IS NULL AND left(a.code, 6)::integer = %(county)s
            ON CONFLICT (county, village_id, year) DO NOTHING
            """,
            words,
        )
        return filled + cursor.rowcount


def save_village_year(
    row: VillageYear, values: dict[str, Any], *, version: int, user: Any, reason: str = "", evidence: str = ""
) -> bool:
    """Write facts of a village's year; the village is judged within a minute.

    Returns whether anything differed; StaleVersion and ValidationError as `save_versioned`.
    """
    refuse_closed(row.county, [row.year])
    code = row.village.area.code
    why = {"user": user, "reason": reason, "evidence": evidence}
    with change("village.saved", **why, county=row.county, area=code, subject=code):
        if not save_versioned(row, values, version=version):
            return False
        facts_changed.send(Village, household_ids=[], village_ids=[row.village_id], year=row.year)
    return True
