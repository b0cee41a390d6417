"""For each rule of the access policy that names an object: how to make one inside a village.

A maker answers with the values that an address of its rule may hold; a route takes those that it
names. A new rule, or a new name in an address, gets its line here.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.policy import Scope
from core.models import Job, StoredFile
from exchange.models import Import
from standards.models import Assessment, StandardVersion
from tests.makers import YEAR, make_area, make_household, make_user
from villages.models import Village

Values = dict[str, Any]
MISSING = {"pk": 987654321, "number": "9990019999999999", "code": "999001999999", "grant": 987654321}
# Values that name no object.
COMMON = {"year": YEAR}


def make_household_values(village: Village) -> Values:
    household = make_household(village=village)
    return {"number": household.number, "pk": household.pk}


def make_assessment_values(village: Village) -> Values:
    moment = timezone.now()
    assessment = Assessment.objects.create(
        subject="household",
        area=village.area.parent,
        year=YEAR,
        as_of=date(YEAR, 10, 18),
        version=StandardVersion.objects.filter(subject="household").first(),
        state=Assessment.State.DONE,
        started_at=moment,
        finished_at=moment,
    )
    return {"pk": assessment.pk}


def make_import_values(village: Village) -> Values:
    made = Import.objects.create(county=make_area(), area_prefix=village.area.parent.prefix, year=YEAR)
    return {"pk": made.pk}


def make_job_values(village: Village) -> Values:
    return {"pk": Job.objects.create(kind="test.nothing", area_prefix=village.area.parent.prefix).pk}


def make_file_values(village: Village) -> Values:
    prefix = village.area.parent.prefix
    file = StoredFile.objects.create(kind="test", original_name="a.xlsx", size=0, area_prefix=prefix)
    return {"pk": file.pk, "name": file.name}


def make_account_values(village: Village) -> Values:
    user = make_user("township_clerk", village.area.parent)
    return {"pk": user.pk, "grant": user.grants.get().pk}


MAKERS: dict[Scope, Callable[[Village], Values]] = {
    Scope.AREA: lambda village: {"code": village.area.parent.code},
    Scope.VILLAGE: lambda village: {"code": village.area.code, "pk": village.pk},
    Scope.HOUSEHOLD: make_household_values,
    Scope.ASSESSMENT: make_assessment_values,
    Scope.IMPORT: make_import_values,
    Scope.JOB: make_job_values,
    Scope.FILE: make_file_values,
    Scope.STANDARD: lambda village: {"pk": StandardVersion.objects.first().pk},
    Scope.ACCOUNT: make_account_values,
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
    }
)
