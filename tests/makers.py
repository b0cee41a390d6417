"""Makers of small rows for tests; each works without arguments."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import Official, Organisation, User
from accounts.role_groups import sync_roles
from accounts.roles import ADMINISTRATORS
from accounts.services import grant_area, open_account
from areas.models import Area, Level
from areas.services import stem_of
from core import secrets
from core.models import Secret
from households.codes import Relation
from households.identity import check_character
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from households.names import search_keys
from villages.models import Village, VillageYear

YEAR = 2016
COUNTY_CODE = "999001000000"
PASSWORD = "kept-for-tests-2016"

_numbers = count(1)


# --- Areas ------------------------------------------------------------------------------------
def make_area(code: str = COUNTY_CODE, level: str = Level.COUNTY, name: str = "", parent=None) -> Area:
    """An area by its code: the one that stands there, or a new one. Default: the invented county."""
    found = Area.objects.valid().filter(code=code).first()
    if found is not None:
        return found
    name = name or f"{level}{code[-6:]}"
    return Area.objects.create(code=code, level=level, name=name, stem=stem_of(level, name), parent=parent)


def make_township(code: str = "999001101000", name: str = "测试镇") -> Area:
    """A township of the invented county, or of the county its code names."""
    county = make_area(code[:6] + "000000", Level.COUNTY, "测试县")
    return make_area(code, Level.TOWNSHIP, name, county)


def make_village_area(code: str = "999001101201", name: str = "测试村民委员会") -> Area:
    return make_area(code, Level.VILLAGE, name, make_township(code[:9] + "000"))


def make_county(code: str = COUNTY_CODE, *, townships: int = 2, villages: int = 3) -> Area:
    """A county with townships of villages, the first village of each a community."""
    county = make_area(code, Level.COUNTY, "测试县")
    for township in range(townships):
        for place in range(villages):
            number = f"{code[:6]}{101 + township}{1 if place == 0 else 200 + place:03d}"
            make_village(number, f"测试{township + 1}{place + 1}村民委员会")
    return county


# --- Villages ---------------------------------------------------------------------------------
def make_village(code: str = "999001101201", name: str = "测试村民委员会") -> Village:
    """The village with this code, with its township and county."""
    village, _made = Village.objects.get_or_create(area=make_village_area(code, name))
    return village


def make_village_year(village: Village | None = None, year: int = YEAR, **facts: Any) -> VillageYear:
    """The yearly row of a village; every fact not named is unknown."""
    row, _made = VillageYear.objects.update_or_create(
        village=village or make_village(), year=year, defaults=facts
    )
    row.refresh_from_db()
    return row


# --- People -----------------------------------------------------------------------------------
def make_id_number(birth_date: date = date(1970, 5, 1), sex: str = "1", area: str = "999001") -> str:
    """An invented identity number with a right checksum; each call gives another one."""
    sequence = next(_numbers) * 2 % 998 + (sex == "1")
    body = f"{area}{birth_date:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def make_secret(field: str, plain: str, *, table: str, subject_id: int) -> Secret:
    return secrets.seal(table=table, field=field, subject_id=subject_id, plain=plain)


def make_person(
    name: str = "张三",
    *,
    birth_date: date | None = date(1970, 5, 1),
    sex: str = "1",
    id_number: str | None = None,
    **fields: Any,
) -> Person:
    """A person without household; `id_number=""` leaves the number out."""
    fields = {"county": int(COUNTY_CODE[:6])} | fields
    person = Person.objects.create(
        name=name, name_keys=search_keys(name), birth_date=birth_date, sex=sex, **fields
    )
    if id_number != "":
        plain = id_number or make_id_number(birth_date or date(1970, 5, 1), sex)
        person.id_number = make_secret("id_number", plain, table="households_person", subject_id=person.pk)
        person.save(update_fields=["id_number"])
    return person


def make_person_year(person: Person | None = None, year: int = YEAR, **facts: Any) -> PersonYear:
    """The yearly row of a person; every fact not named is unknown."""
    row, _made = PersonYear.objects.update_or_create(
        person=person or make_person(), year=year, defaults=facts
    )
    return row


# --- Households -------------------------------------------------------------------------------
def make_household(
    number: str | None = None,
    *,
    village: Village | None = None,
    status: str | None = "poor",
    head: str | None = "张三",
    facts: dict[str, Any] | None = None,
    **fields: Any,
) -> Household:
    """A household with its yearly row, a status from 1 January and, unless `head=None`, its head."""
    village = village or make_village()
    number = number or f"{village.area.code[:6]}{next(_numbers):010d}"
    household = Household.objects.create(number=number, village=village, **fields)
    household.refresh_from_db()
    if head:
        make_member(household, name=head, relation=Relation.HEAD)
    make_household_year(household, **(facts or {}))
    if status:
        make_status(household, status)
    household.refresh_from_db()
    return household


def make_status(household: Household | None = None, status: str = "poor", from_day: date = date(YEAR, 1, 1)):
    """A dated status of a household."""
    household = household or make_household(status=None)
    return HouseholdStatus.objects.create(household=household, status=status, from_day=from_day)


def make_household_year(household: Household | None = None, year: int = YEAR, **facts: Any) -> HouseholdYear:
    """The yearly row of a household; every fact not named is unknown."""
    household = household or make_household()
    row, _made = HouseholdYear.objects.update_or_create(
        household=household, year=year, defaults={"village": household.village, **facts}
    )
    row.refresh_from_db()
    return row


def make_member(
    household: Household | None = None,
    *,
    name: str = "李四",
    relation: str = Relation.OTHER,
    facts: dict[str, Any] | None = None,
    **fields: Any,
) -> Membership:
    """A member registered on 1 January, a new person unless `person=` is given.

    The yearly row says healthy, insured and out of school; `facts` overrules that.
    """
    household = household or make_household()
    person = fields.pop("person", None) or make_person(name, county=household.county, **fields)
    known = {"health": ["01"], "medical_insurance": True, "school_status": "01"}
    make_person_year(person, **(known | (facts or {})))
    return Membership.objects.create(
        household=household, person=person, relation=relation, from_day=date(YEAR, 1, 1)
    )


# --- Accounts ---------------------------------------------------------------------------------
def make_user(
    role: str | None = "county_office", area: Area | None = None, *, username: str = "", **fields: Any
) -> User:
    """An account with a role and a grant; without `area` the invented county, `area=False` none.

    Administrators hold no grant.
    """
    sync_roles()
    user = open_account(
        username=username or f"user{next(_numbers)}",
        name=fields.pop("name", "王五"),
        roles=[role] if role else [],
        password=PASSWORD,
        must_change_password=False,
    )
    if fields:
        User.objects.filter(pk=user.pk).update(**fields)
    if area is not False and role not in ADMINISTRATORS:
        grant_area(user, area or make_area(name="测试县"), actor=None, from_day=date(2016, 1, 1))
    return User.objects.get(pk=user.pk)


def make_organisation(
    code: str = "",
    kind: str = Organisation.Kind.DEPARTMENT,
    name: str = "测试局",
    area: Area | None = None,
) -> Organisation:
    """A responsible unit of the invented county, or of `area`."""
    return Organisation.objects.create(
        code=code or f"unit{next(_numbers)}", name=name, kind=kind, area=area or make_area(name="测试县")
    )


def make_official(area: Area | None = None, *, name: str = "赵六", phone: str = "") -> Official:
    """A responsible person of a new unit of `area`, default the invented county."""
    official = Official.objects.create(name=name, organisation=make_organisation(area=area), post="主任")
    if phone:
        official.phone = make_secret("phone", phone, table="accounts_official", subject_id=official.pk)
        official.save(update_fields=["phone"])
    return official
