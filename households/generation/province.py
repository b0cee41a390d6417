"""A province for measuring: one county in full, and copies of its yearly rows with their tallies.

The copies have households and yearly facts, no people, so that 2.2 million lines are there in
minutes. Division codes begin with 99.
"""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from areas.models import Area, Level
from areas.services import stem_of
from households.generation.county import Generated, generate_county
from households.generation.writing import analyze, generated_change, nothing_counted
from households.models import Household, HouseholdYear
from villages.models import VillageYear
from villages.services import register_villages

PER_COUNTY = 20_000
PROVINCE = "990000000000"
_PER_PREFECTURE = 10
_TOWNSHIPS, _VILLAGES = 10, 20
# Keys and secrets belong to one row; the copies have none.
_NOT_COPIED = {"id", "phone_id", "bank_account_id", "group_id"}
_TABLES = ("households_household", "households_householdyear", "villages_villageyear")


def county_codes(number: int) -> list[str]:
    """The 6-digit codes of so many invented counties."""
    return [
        f"99{1 + place // _PER_PREFECTURE:02d}{1 + place % _PER_PREFECTURE:02d}" for place in range(number)
    ]


def generate_tallies(
    households: int, *, seed: int, year: int = 2016, progress: Callable[[int, int], None] | None = None
) -> Generated:
    """Make counties of 20,000 households each until there are `households`."""
    codes = county_codes(ceil(households / PER_COUNTY))
    if Area.objects.valid().filter(code=f"{codes[0]}000000").exists():
        raise ValidationError(_("There are invented counties already."))
    with generated_change("households.generated", reason=f"seed {seed}"):
        make_divisions(codes[0])
        register_villages(codes[:1])
        original = Area.objects.valid().get(code=f"{codes[0]}000000")
        made = generate_county(original, min(households, PER_COUNTY), seed=seed, year=year)
        left = households - made.households
        for place, code in enumerate(codes[1:], start=1):
            add_copy(codes[0], code, year=year, households=min(left, PER_COUNTY))
            left -= PER_COUNTY
            if progress:
                progress(place + 1, len(codes))
    analyze(_TABLES)
    return Generated(households, made.persons, made.villages * len(codes))


def add_copy(original: str, code: str, *, year: int, households: int) -> None:
    """A new county whose yearly rows are those of `original`. Inside a `generated_change`."""
    make_divisions(code)
    register_villages([code])
    copy_county(original, code, year=year, households=households)


def make_divisions(county: str) -> None:
    """An invented county with its townships and villages, and the levels above where they lack."""
    above = _area(PROVINCE, Level.PROVINCE, "甲省", None)
    above = _area(f"{county[:4]}00000000", Level.PREFECTURE, f"甲{int(county[2:4])}市", above)
    above = _area(f"{county}000000", Level.COUNTY, f"甲{int(county[2:])}县", above)
    townships = [
        _unsaved(f"{county}{101 + place}000", Level.TOWNSHIP, f"第{place + 1}镇", above)
        for place in range(_TOWNSHIPS)
    ]
    Area.objects.bulk_create(townships)
    Area.objects.bulk_create(
        _unsaved(f"{town.code[:9]}{201 + place}", Level.VILLAGE, f"第{place + 1}庄村民委员会", town)
        for town in townships
        for place in range(_VILLAGES)
    )


def _area(code: str, level: str, name: str, parent: Area | None) -> Area:
    found = Area.objects.valid().filter(code=code).first()
    if found is None:
        found = _unsaved(code, level, name, parent)
        found.save()
    return found


def _unsaved(code: str, level: str, name: str, parent: Area | None) -> Area:
    return Area(code=code, level=level, name=name, stem=stem_of(level, name), parent=parent)


def copy_county(original: str, county: str, *, year: int, households: int) -> None:
    """Give `county` the yearly rows of `original`, the first `households` ones, tallies as they are."""
    params: dict[str, int | str] = {
        "original": int(original),
        "county": int(county),
        "code": county,
        "year": year,
        "limit": households,
    }
    # Counting members that are not there would empty the tallies.
    with nothing_counted(_TABLES), connection.cursor() as cursor:
        cursor.execute(_copy_villages(), params)
        cursor.execute(_copy_households(), params)
        cursor.execute(_copy_years(), params)


def _columns(model: Any, without: Sequence[str]) -> tuple[str, str]:
    names = [f.column for f in model._meta.concrete_fields if f.column not in {*_NOT_COPIED, *without}]
    return ", ".join(names), ", ".join(f"o.{name}" for name in names)


# The village with the same digits after the county's.
_SAME_VILLAGE = """
JOIN villages_village ov ON ov.id = o.village_id JOIN areas_area oa ON oa.id = ov.area_id
JOIN areas_area na ON na.code = %(code)s || right(oa.code, 6) AND na.valid_to IS NULL
JOIN villages_village nv ON nv.area_id = na.id
"""


def _copy_villages() -> str:
    names, values = _columns(VillageYear, ("county", "village_id"))
    return f"""
    INSERT INTO villages_villageyear (county, village_id, {names})
    SELECT %(county)s, nv.id, {values} FROM villages_villageyear o {_SAME_VILLAGE}
    WHERE o.county = %(original)s AND o.year = %(year)s
    """  # noqa: S608


def _copy_households() -> str:
    names, values = _columns(Household, ("county", "village_id", "number"))
    return f"""
    INSERT INTO households_household (county, village_id, number, {names})
    SELECT %(county)s, nv.id, %(code)s || right(o.number, 10), {values}
    FROM (SELECT * FROM households_household WHERE county = %(original)s ORDER BY number LIMIT %(limit)s) o
    {_SAME_VILLAGE}
    """  # noqa: S608


def _copy_years() -> str:
    names, values = _columns(HouseholdYear, ("county", "village_id", "household_id"))
    return f"""
    INSERT INTO households_householdyear (county, village_id, household_id, {names})
    SELECT %(county)s, n.village_id, n.id, {values}
    FROM households_householdyear o JOIN households_household oh ON oh.id = o.household_id
    JOIN households_household n ON n.county = %(county)s AND n.number = %(code)s || right(oh.number, 10)
    WHERE o.county = %(original)s AND o.year = %(year)s
    """  # noqa: S608
