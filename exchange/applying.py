"""Writing an import into the register: set-wise, in one transaction, under one Change.

Only differences are written. The comparison is made again first: rows that would now write
something else than was shown are reported and nothing is written.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from psycopg2.extras import Json

from areas.models import Area
from areas.services import make_groups
from core import secrets
from exchange.comparing import compare
from exchange.formats import FORMATS
from exchange.models import Import, StagedRow
from exchange.resolving import find_again, parameters
from exchange.staging import SECRET_FIELDS, TABLE, staged_subject
from exchange.writing_sql import after, changes, defaults_of, insert, update
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from villages.models import VillageYear

WRITING = ("new", "changed")


class RegisterChanged(Exception):
    """Rows would write something else than was shown: the person must look again."""

    def __init__(self, rows: list[int]) -> None:
        super().__init__(len(rows))
        self.rows = rows


@dataclass(frozen=True, slots=True)
class SealedFor:
    """A secret of a staged row, sealed for its household or person."""

    row_id: int
    column: str
    secret_id: int


class Writer:
    """Applies one import; the caller opens the transaction and the Change."""

    def __init__(self, source: Import) -> None:
        self.source = source
        self.params = parameters(source) | {"moved": "08", "first_day": f"{source.year}-01-01"}
        # Formats with rows about households or persons of the register: only they update anything.
        self.known: set[str] = set()

    def write(self) -> None:
        if not self.compare_again():
            return
        self.households()
        self.statuses()
        self.persons()
        self.person_years()
        # Before the yearly rows, so that their members are counted once.
        self.memberships()
        self.household_years()
        self.village_years()

    # --- Has the register changed since the preview? ------------------------------------------
    def compare_again(self) -> bool:
        """Whether there is anything to write; RegisterChanged when that is not what was shown.

        Rows shown as unchanged are left alone, whatever has become of them since.
        """
        if not StagedRow.objects.filter(source=self.source, state__in=WRITING).exists():
            return False
        self._run(_LOCK_HOUSEHOLDS)
        self._run(_LOCK_VILLAGES)
        outside = find_again(self.source)
        differing = outside + compare(self.source, WRITING)
        if differing:
            raise RegisterChanged(differing)
        self.known = {code for (code,) in self._rows(_FORMATS_ABOUT_KNOWN)}
        return True

    # --- Households ---------------------------------------------------------------------------
    def households(self) -> None:
        self._run(_NUMBER_NEW_HOUSEHOLDS)
        self._run(_POINT_TO_NEW_HOUSEHOLDS_AND_NUMBER_PERSONS)
        patches = self._groups()
        for row_id, column, secret_id in self._sealed("households", "household_id"):
            patches.setdefault(row_id, {})[column] = secret_id
        for row_id, column, secret_id in self._sealed("household_years", "household_id"):
            patches.setdefault(row_id, {})[column] = secret_id
        names = [*_written("household"), "village_id", "group_id", "phone_id", "bank_account_id"]
        patched = self._patches(patches)
        self._run(insert(Household, _NEW_HOUSEHOLDS), defaults=Json(defaults_of(Household)), **patched)
        if self.known & {"households", "household_years"}:
            self._run(_END_HOUSEHOLD_SECRETS)
            self._run(update(Household, names, _CHANGED_HOUSEHOLDS), **patched)
            self._run(update(Household, names, _CHANGED_BY_YEARLY_SHEET), **patched)

    def _groups(self) -> dict[int, dict[str, int | None]]:
        """The key of the group of each row whose group or village changes; unknown groups are made."""
        rows = self._rows(_GROUPS_WANTED)
        villages = Area.objects.in_bulk({area_id for _row, area_id, _name in rows})
        groups = make_groups((villages[area_id], name) for _row, area_id, name in rows)
        return {row_id: {"group_id": groups[area_id, name].pk} for row_id, area_id, name in rows}

    def statuses(self) -> None:
        self._run(_STATUSES)

    # --- People -------------------------------------------------------------------------------
    def persons(self) -> None:
        patches: dict[int, dict[str, int | None]] = {}
        for row_id, column, secret_id in self._sealed("persons", "person_id"):
            patches.setdefault(row_id, {})[column] = secret_id
        names = [*_written("person"), "name_keys", "birth_date", "sex", "id_number_id", "disability_card_id"]
        patched = self._patches(patches)
        self._run(insert(Person, _NEW_PERSONS), defaults=Json(defaults_of(Person)), **patched)
        if "persons" in self.known:
            self._run(_END_PERSON_SECRETS)
            self._run(update(Person, names, _CHANGED_PERSONS), **patched)

    def person_years(self) -> None:
        # Changed ones first: the statement would find the new ones too.
        if "persons" in self.known:
            self._run(update(PersonYear, _written("person_year"), _CHANGED_PERSON_YEARS))
        self._run(insert(PersonYear, _NEW_PERSON_YEARS), defaults=Json(defaults_of(PersonYear)))

    def memberships(self) -> None:
        if "persons" in self.known:
            self._run(_END_MEMBERSHIPS)
        self._run(insert(Membership, _NEW_MEMBERSHIPS), defaults=Json(defaults_of(Membership)))
        if "persons" in self.known:
            self._run(update(Membership, ["relation"], _CHANGED_MEMBERSHIPS))

    # --- Facts of the year --------------------------------------------------------------------
    def household_years(self) -> None:
        names = _written("household_year")
        if self.known & {"households", "household_years"}:
            self._run(_MOVE_YEARS)
            self._run(update(HouseholdYear, names, _existing(_HOUSEHOLD_YEARS)))
        self._run(insert(HouseholdYear, _absent(_HOUSEHOLD_YEARS)), defaults=Json(defaults_of(HouseholdYear)))

    def village_years(self) -> None:
        names = _written("village_year")
        self._run(update(VillageYear, names, _existing(_VILLAGE_YEARS)))
        self._run(insert(VillageYear, _absent(_VILLAGE_YEARS)), defaults=Json(defaults_of(VillageYear)))

    # --- Secrets ------------------------------------------------------------------------------
    def _sealed(self, sheet: str, subject: str) -> list[tuple[int, str, int | None]]:
        """Seal the changed secrets of a format for their subjects: (row, column, key of the secret)."""
        rows = (
            StagedRow.objects.filter(source=self.source, format=sheet, state__in=WRITING)
            .filter(Q(diff__isnull=True) | Q(diff__has_key="secrets"))
            .exclude(secrets={})
            .values_list("pk", "sheet_id", "number", subject, "secrets", "diff")
        )
        table = "households_person" if subject == "person_id" else "households_household"
        erased, places, staged, subjects = [], [], [], []
        for row_id, sheet_id, number, subject_id, held, diff in rows.iterator(2000):
            for name in held if diff is None else diff["secrets"]:
                if held[name] is None:
                    erased.append((row_id, f"{name}_id", None))
                    continue
                places.append((row_id, f"{name}_id"))
                staged.append(_secret_of(held[name], name, staged_subject(sheet_id, number)))
                subjects.append(subject_id)
        plain = [
            secrets.Plain(table, secret.field, subject_id, text)
            for secret, subject_id, text in zip(staged, subjects, secrets.reveal_many(staged), strict=True)
        ]
        keys = secrets.seal_many(plain)
        return erased + [(*place, key) for place, key in zip(places, keys, strict=True)]

    # --- Running ------------------------------------------------------------------------------
    def _patches(self, patches: dict[int, dict[str, Any]]) -> dict[str, Any]:
        return {"rows": list(patches), "patches": [Json(patch) for patch in patches.values()]}

    def _run(self, statement: str, **more: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params | more)
            return cursor.rowcount

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            return cursor.fetchall()


def _secret_of(held: dict[str, str], name: str, subject_id: int) -> secrets.Sealed:
    cipher, keyed_hash = bytes.fromhex(held["cipher"]), bytes.fromhex(held["hash"])
    return secrets.Sealed(
        TABLE, SECRET_FIELDS[name], subject_id, cipher, held["key"], keyed_hash, held["hash_key"]
    )


def _written(part: str) -> list[str]:
    """The columns of a table that any format writes."""
    return sorted(
        {
            column.field
            for sheet in FORMATS.values()
            for column in sheet.columns
            if column.part == part and not column.secret
        }
    )


def _existing(rows: str) -> str:
    return rows.replace("[[id]]", "y.id").replace("[[condition]]", "y.id IS NOT NULL")


def _absent(rows: str) -> str:
    return rows.replace("[[id]]", "NULL::bigint").replace("[[condition]]", "y.id IS NULL")


_ACCEPTED = "s.source_id = %(source)s AND s.state IN ('new', 'changed')"

_LOCK_HOUSEHOLDS = """
SELECT FROM households_household WHERE id IN (
    SELECT household_id FROM exchange_stagedrow WHERE source_id = %(source)s AND household_id IS NOT NULL)
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_VILLAGES = """
SELECT FROM villages_villageyear WHERE village_id IN (
    SELECT village_id FROM exchange_stagedrow
    WHERE source_id = %(source)s AND format IN ('villages', 'village_years'))
ORDER BY id FOR NO KEY UPDATE
"""

_FORMATS_ABOUT_KNOWN = f"""
SELECT DISTINCT s.format FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.diff IS NOT NULL
"""
_NUMBER_NEW_HOUSEHOLDS = f"""
UPDATE exchange_stagedrow s SET household_id = nextval(pg_get_serial_sequence('households_household', 'id'))
WHERE {_ACCEPTED} AND s.format = 'households' AND s.household_id IS NULL
"""
_POINT_TO_NEW_HOUSEHOLDS_AND_NUMBER_PERSONS = """
UPDATE exchange_stagedrow s SET
    household_id = COALESCE(s.household_id, found.household_id),
    person_id = CASE WHEN s.format = 'persons' AND s.person_id IS NULL
        THEN nextval(pg_get_serial_sequence('households_person', 'id')) ELSE s.person_id END
FROM (
    SELECT o.id, h.household_id
    FROM exchange_stagedrow o
    LEFT JOIN exchange_stagedrow h ON h.source_id = o.source_id AND h.format = 'households'
        AND h.key = o.key AND h.state IN ('new', 'changed')
    WHERE o.source_id = %(source)s AND o.state IN ('new', 'changed')
      AND (o.format = 'persons' AND (o.household_id IS NULL OR o.person_id IS NULL)
           OR o.format = 'household_years' AND o.household_id IS NULL)
) AS found
WHERE s.id = found.id
"""
_GROUPS_WANTED = f"""
SELECT s.id, v.area_id, COALESCE(s.values -> 'group' ->> 'name', g.name)
FROM exchange_stagedrow s
LEFT JOIN households_household h ON h.id = s.household_id
LEFT JOIN areas_area g ON g.id = h.group_id
JOIN villages_village v ON v.id = COALESCE((s.values -> 'household' ->> 'village_id')::bigint, h.village_id)
WHERE {_ACCEPTED} AND s.format = 'households'
  AND ({changes("group")} OR s.diff IS NULL OR s.diff -> 'household' ? 'village_id')
  AND COALESCE(s.values -> 'group' ->> 'name', g.name) IS NOT NULL
"""
_PATCH = (
    "LEFT JOIN unnest(%(rows)s::bigint[], %(patches)s::jsonb[]) AS patch(row_id, vals) ON patch.row_id = s.id"
)
_MORE = _PATCH.replace("patch(row_id", "more(row_id").replace("patch.row_id = s.id", "more.row_id = o.id")
# 户年度信息 holds some columns of the household too; of several years the last one counts.
_NEW_HOUSEHOLDS = f"""
SELECT jsonb_build_object('id', s.household_id, 'number', s.key, 'head_name', left(s.name, 50))
    || COALESCE(s.values -> 'status', '{{}}')
    || {after("household")} || COALESCE(patch.vals, '{{}}') || COALESCE(yearly.vals, '{{}}') AS vals
FROM exchange_stagedrow s {_PATCH}
LEFT JOIN (
    SELECT DISTINCT ON (o.key) o.key, {after("household", "o")} || COALESCE(more.vals, '{{}}') AS vals
    FROM exchange_stagedrow o {_MORE}
    WHERE o.source_id = %(source)s AND o.format = 'household_years' AND o.state IN ('new', 'changed')
    ORDER BY o.key, o.year DESC
) AS yearly ON yearly.key = s.key
WHERE {_ACCEPTED} AND s.format = 'households' AND s.state = 'new'
"""
_CHANGED_HOUSEHOLDS = f"""
SELECT s.household_id AS id, {after("household")} || COALESCE(patch.vals, '{{}}') AS vals
FROM exchange_stagedrow s {_PATCH}
WHERE {_ACCEPTED} AND s.format = 'households' AND s.state = 'changed'
"""
_CHANGED_BY_YEARLY_SHEET = f"""
SELECT DISTINCT ON (s.household_id) s.household_id AS id,
    {after("household")} || COALESCE(patch.vals, '{{}}') AS vals
FROM exchange_stagedrow s {_PATCH}
WHERE {_ACCEPTED} AND s.format = 'household_years' AND (s.diff ? 'household' OR s.diff ? 'secrets')
  AND NOT EXISTS (
    SELECT FROM exchange_stagedrow h
    WHERE h.source_id = s.source_id AND h.format = 'households' AND h.key = s.key AND h.state = 'new')
ORDER BY s.household_id, s.year DESC
"""
_END_HOUSEHOLD_SECRETS = f"""
UPDATE core_secret c SET valid_to = %(first_day)s
FROM exchange_stagedrow s JOIN households_household h ON h.id = s.household_id
WHERE {_ACCEPTED} AND ((s.diff -> 'secrets' ? 'phone' AND c.id = h.phone_id)
    OR (s.diff -> 'secrets' ? 'bank_account' AND c.id = h.bank_account_id))
"""
_END_PERSON_SECRETS = f"""
UPDATE core_secret c SET valid_to = %(first_day)s
FROM exchange_stagedrow s JOIN households_person p ON p.id = s.person_id
WHERE {_ACCEPTED} AND ((s.diff -> 'secrets' ? 'id_number' AND c.id = p.id_number_id)
    OR (s.diff -> 'secrets' ? 'disability_card' AND c.id = p.disability_card_id))
"""
_STATUSES = f"""
INSERT INTO {HouseholdStatus._meta.db_table} (household_id, status, from_day, document)
SELECT s.household_id, s.values -> 'status' ->> 'status', make_date(s.year, 1, 1), ''
FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.format = 'households' AND {changes("status")}
ON CONFLICT (household_id, from_day) DO UPDATE SET status = EXCLUDED.status
"""

_NEW_PERSONS = f"""
SELECT jsonb_build_object('id', s.person_id, 'county', %(county)s)
    || {after("person")} || COALESCE(patch.vals, '{{}}') AS vals
FROM exchange_stagedrow s {_PATCH}
WHERE {_ACCEPTED} AND s.format = 'persons' AND s.state = 'new'
"""
_CHANGED_PERSONS = f"""
SELECT s.person_id AS id, {after("person")} || COALESCE(patch.vals, '{{}}') AS vals
FROM exchange_stagedrow s {_PATCH}
WHERE {_ACCEPTED} AND s.format = 'persons' AND s.state = 'changed'
"""
_YEAR_OF_PERSON = """LEFT JOIN households_personyear y
    ON y.county = %(county)s AND y.person_id = s.person_id AND y.year = s.year"""
_NEW_PERSON_YEARS = f"""
SELECT jsonb_build_object('person_id', s.person_id, 'year', s.year) || {after("person_year")} AS vals
FROM exchange_stagedrow s {_YEAR_OF_PERSON}
WHERE {_ACCEPTED} AND s.format = 'persons' AND y.id IS NULL
"""
_CHANGED_PERSON_YEARS = f"""
SELECT y.id, {after("person_year")} AS vals
FROM exchange_stagedrow s {_YEAR_OF_PERSON}
WHERE {_ACCEPTED} AND s.format = 'persons' AND {changes("person_year")} AND y.id IS NOT NULL
"""
_END_MEMBERSHIPS = f"""
UPDATE households_membership m
SET to_day = GREATEST(m.from_day, make_date(s.year, 1, 1)), to_reason = %(moved)s, version = m.version + 1
FROM exchange_stagedrow s
WHERE {_ACCEPTED} AND s.format = 'persons' AND s.diff -> 'membership' ? 'household'
  AND m.person_id = s.person_id AND m.to_day IS NULL
"""
_NEW_MEMBERSHIPS = f"""
SELECT jsonb_build_object(
    'household_id', s.household_id, 'person_id', s.person_id,
    'relation', COALESCE(s.values -> 'membership' -> 'relation', 'null'),
    'from_day', make_date(s.year, 1, 1),
    'from_reason', CASE WHEN s.state = 'new' THEN '00' ELSE '07' END) AS vals
FROM exchange_stagedrow s
WHERE {_ACCEPTED} AND s.format = 'persons' AND (s.diff IS NULL OR s.diff -> 'membership' ? 'household')
"""
_CHANGED_MEMBERSHIPS = f"""
SELECT m.id, {after("membership")} AS vals
FROM exchange_stagedrow s JOIN households_membership m ON m.person_id = s.person_id AND m.to_day IS NULL
WHERE {_ACCEPTED} AND s.format = 'persons' AND s.diff -> 'membership' ? 'relation'
  AND NOT s.diff -> 'membership' ? 'household'
"""

# A household that moved to another village belongs there from this year on.
_MOVE_YEARS = f"""
UPDATE households_householdyear y SET village_id = (s.values -> 'household' ->> 'village_id')::bigint
FROM exchange_stagedrow s
WHERE {_ACCEPTED} AND s.format = 'households' AND s.state = 'changed'
  AND s.diff -> 'household' ? 'village_id' AND y.household_id = s.household_id AND y.year = s.year
"""
# Both sheets of one household and year become one row; 户年度信息 leads.
_HOUSEHOLD_YEARS = f"""
SELECT [[id]] AS id,
    jsonb_build_object('household_id', pair.household_id, 'year', pair.year) || pair.vals AS vals
FROM (
    SELECT COALESCE(a.household_id, b.household_id) AS household_id, COALESCE(a.year, b.year) AS year,
           COALESCE(a.vals, '{{}}') || COALESCE(b.vals, '{{}}') AS vals
    FROM (
        SELECT s.household_id, s.year, {after("household_year")} AS vals
        FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.format = 'households'
    ) AS a
    FULL JOIN (
        SELECT s.household_id, s.year, {after("household_year")} AS vals
        FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.format = 'household_years'
    ) AS b USING (household_id, year)
) AS pair
LEFT JOIN households_householdyear y
    ON y.county = %(county)s AND y.household_id = pair.household_id AND y.year = pair.year
WHERE [[condition]] AND (y.id IS NULL OR pair.vals <> '{{}}')
"""
# 村年度信息 leads; 贫困村 fills and holds columns of its own.
_VILLAGE_YEARS = f"""
SELECT [[id]] AS id,
    jsonb_build_object('village_id', pair.village_id, 'year', pair.year) || pair.vals AS vals
FROM (
    SELECT COALESCE(a.village_id, b.village_id) AS village_id, COALESCE(a.year, b.year) AS year,
           CASE WHEN b.vals IS NULL THEN a.vals ELSE COALESCE(a.vals, '{{}}') || (b.vals - a.led) END AS vals
    FROM (
        SELECT s.village_id, s.year, {after("village_year")} AS vals,
               CASE WHEN s.diff -> 'village_year' ? 'attribute' THEN ARRAY['attribute'] ELSE ARRAY[]::text[] END AS led
        FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.format = 'villages'
    ) AS a
    FULL JOIN (
        SELECT s.village_id, s.year, {after("village_year")} AS vals
        FROM exchange_stagedrow s WHERE {_ACCEPTED} AND s.format = 'village_years'
    ) AS b USING (village_id, year)
) AS pair
LEFT JOIN villages_villageyear y
    ON y.county = %(county)s AND y.village_id = pair.village_id AND y.year = pair.year
WHERE [[condition]] AND (y.id IS NULL OR pair.vals <> '{{}}')
"""
