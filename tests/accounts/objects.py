"""For each rule of the access policy that names an object: how to make one inside a village.

What belongs to a person as well belongs to the one who will ask: whoever has lost the area must not
find it all the same.
A maker answers with the values that an address of its rule may hold; a route takes those that it
names. What lies in no village hangs on `area`, without one on the township of the village. A new rule, or a new name in an address, gets its line here.
"""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import AccessEvent, ApiToken, User
from accounts.policy import Scope
from accounts.tokens import rights_to_give
from areas.models import Area
from core.files import store
from core.models import Change, Job, Notice
from exchange.models import Import, ImportFile, Roster
from standards.models import Assessment, StandardVersion
from tests.makers import (
    YEAR,
    make_area,
    make_household,
    make_member,
    make_official,
    make_person_year,
    make_user,
    make_village_year,
)
from villages.models import Village

Values = dict[str, Any]
_digests = count(1)
MISSING = {
    "pk": 987654321,
    "number": "9990019999999999",
    "code": "999001999999",
    "grant": 987654321,
    "file_pk": 987654321,
    "secret": 987654321,
}
# Values that name no object.
COMMON = {"year": YEAR, "kind": "organisations"}


def make_household_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    household = make_household(village=village)
    person = make_member(household).person
    return {"number": household.number, "pk": household.pk, "secret": person.id_number_id}


def make_assessment_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    moment = timezone.now()
    assessment = Assessment.objects.create(
        subject="household",
        area=(area or village.area.parent),
        year=YEAR,
        as_of=date(YEAR, 10, 18),
        version=StandardVersion.objects.filter(subject="household").first(),
        state=Assessment.State.DONE,
        started_at=moment,
        finished_at=moment,
    )
    return {"pk": assessment.pk}


def make_import_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    prefix, owner = (area or village.area.parent).prefix, getattr(user, "pk", None)
    made = Import.objects.create(county=make_area(), area_prefix=prefix, year=YEAR, user_id=owner)
    marked = store(BytesIO(b"marked"), kind="test", user=user, area_prefix=prefix)
    file = ImportFile.objects.create(source=made, name="a.xlsx", marked=marked)
    return {"pk": made.pk, "file_pk": file.pk}


def make_job_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    prefix, owner = (area or village.area.parent).prefix, getattr(user, "pk", None)
    return {"pk": Job.objects.create(kind="test.nothing", area_prefix=prefix, user_id=owner).pk}


def make_file_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    file = store(
        BytesIO(b"content"), kind="test", user=user, area_prefix=(area or village.area.parent).prefix
    )
    return {"pk": file.pk, "name": file.name}


def make_account_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    person = make_user("township_clerk", (area or village.area.parent))
    return {"pk": person.pk, "grant": person.grants.get().pk}


def make_notice_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    owner = getattr(user, "pk", None) or make_user("county_office", False).pk
    open_one = {"user_id": owner, "kind": "test.nothing", "closed_at": None}
    return {"pk": Notice.objects.get_or_create(**open_one, defaults={"words": "Nothing"})[0].pk}


def make_token_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    person = user or make_user("helper")
    scopes = rights_to_give(person)[:1] or ["view_standards"]
    token = ApiToken.objects.create(
        user=person, name="test", digest=f"{next(_digests):064}", scopes=scopes,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    return {"pk": token.pk}


def make_member_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    membership = make_household(village=village).memberships.get()
    make_person_year(membership.person)
    return {"pk": membership.pk}


def make_village_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    make_village_year(village)
    return {"code": village.area.code, "pk": village.pk}


def make_organisation_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    return {"pk": make_official(area or village.area.parent).organisation_id}


def make_official_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    return {"pk": make_official(area or village.area.parent).pk}


def make_change_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    prefix = (area or village.area.parent).prefix
    return {"pk": Change.objects.create(kind="household.saved", at=timezone.now(), area=prefix).pk}


def make_event_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    return {"pk": AccessEvent.objects.create(kind="exported", area=(area or village.area.parent).prefix).pk}


def make_roster_values(village: Village, user: User | None, area: Area | None = None) -> Values:
    stored = store(BytesIO(b"a,b"), kind="roster", user=user)
    owner = getattr(user, "pk", None) or 0
    made = Roster.objects.create(kind="organisations", user_id=owner, name="a.csv", stored=stored)
    return {"pk": made.pk}


MAKERS: dict[Scope, Callable[..., Values]] = {
    Scope.AREA: lambda village, user, area=None: {"code": (area or village.area.parent).code},
    Scope.VILLAGE: make_village_values,
    Scope.HOUSEHOLD: make_household_values,
    Scope.ASSESSMENT: make_assessment_values,
    Scope.IMPORT: make_import_values,
    Scope.JOB: make_job_values,
    Scope.FILE: make_file_values,
    Scope.STANDARD: lambda village, user, area=None: {"pk": StandardVersion.objects.first().pk},
    Scope.ACCOUNT: make_account_values,
    Scope.ORGANISATION: make_organisation_values,
    Scope.OFFICIAL: make_official_values,
    Scope.CHANGE: make_change_values,
    Scope.EVENT: make_event_values,
    Scope.ROSTER: make_roster_values,
    Scope.NOTICE: make_notice_values,
    Scope.TOKEN: make_token_values,
    Scope.MEMBER: make_member_values,
}

# Rules whose objects lie in an area: somebody of the next township must not find them.
IN_AN_AREA = frozenset(
    {
        Scope.AREA,
        Scope.VILLAGE,
        Scope.HOUSEHOLD,
        Scope.ASSESSMENT,
        Scope.IMPORT,
        Scope.JOB,
        Scope.FILE,
        Scope.MEMBER,
        Scope.ORGANISATION,
        Scope.OFFICIAL,
    }
)
