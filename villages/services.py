"""Villages follow their areas; every village has a row of facts for each open year."""

from typing import Any

from django.db import connection

from core.changes import change
from core.signals import facts_changed
from core.versions import save_versioned
from villages.models import Village, VillageYear

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


def save_village_year(
    row: VillageYear, values: dict[str, Any], *, version: int, user: Any, reason: str = "", evidence: str = ""
) -> bool:
    """Write facts of a village's year; the village is judged within a minute.

    Returns whether anything differed; StaleVersion and ValidationError as `save_versioned`.
    """
    code = row.village.area.code
    why = {"user": user, "reason": reason, "evidence": evidence}
    with change("village.saved", **why, county=row.county, area=code, subject=code):
        if not save_versioned(row, values, version=version):
            return False
        facts_changed.send(Village, household_ids=[], village_ids=[row.village_id], year=row.year)
    return True
