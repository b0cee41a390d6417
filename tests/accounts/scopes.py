"""What each rule of the access policy lets a person find, asked of the queries that the pages begin with."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.models import Official, Organisation, User
from accounts.policy import Scope
from areas.models import Area
from core.models import Job, Notice, StoredFile
from desk.queries.audit import visible_changes, visible_events
from exchange.models import Import, Roster
from households.models import Household, Membership
from standards.models import StandardVersion
from standards.queries import assessments_for_list
from villages.models import Village

FOUND: dict[Scope, Callable[[User], QuerySet[Any]]] = {
    Scope.AREA: lambda user: Area.objects.valid().visible_to(user),
    Scope.VILLAGE: lambda user: Village.objects.visible_to(user).filter(area__valid_to=None),
    Scope.HOUSEHOLD: lambda user: Household.objects.visible_to(user),
    Scope.MEMBER: lambda user: Membership.objects.visible_to(user).filter(to_day=None),
    Scope.ASSESSMENT: assessments_for_list,
    Scope.IMPORT: lambda user: Import.objects.visible_to(user),
    Scope.JOB: lambda user: Job.objects.visible_to(user),
    Scope.FILE: lambda user: StoredFile.objects.visible_to(user),
    Scope.ORGANISATION: lambda user: Organisation.objects.visible_to(user),
    Scope.OFFICIAL: lambda user: Official.objects.visible_to(user),
    Scope.CHANGE: visible_changes,
    Scope.EVENT: visible_events,
    Scope.ROSTER: lambda user: Roster.objects.visible_to(user),
    Scope.NOTICE: lambda user: Notice.objects.visible_to(user),
    Scope.TOKEN: lambda user: user.tokens.all(),
    # The same for everybody with the right.
    Scope.STANDARD: lambda user: StandardVersion.objects.all(),
    Scope.ACCOUNT: lambda user: User.objects.all(),
}
# The column by which an address names the object, where it is not the key.
COLUMN = {
    Scope.AREA: "code",
    Scope.VILLAGE: "area__code",
}
NAMED_BY = {Scope.AREA: "code", Scope.VILLAGE: "code"}

# Whose rows a list shows, or which rows a form lets choose from; lists of the own things have no rule.
LISTED = {
    "core:jobs": Scope.JOB,
    "accounts:organisation-list": Scope.ORGANISATION,
    "accounts:organisation-new": Scope.AREA,
    "desk:household-list": Scope.HOUSEHOLD,
    "desk:search": Scope.HOUSEHOLD,
    "desk:suggestions": Scope.HOUSEHOLD,
    "desk:household-export": Scope.HOUSEHOLD,
    "desk:village-list": Scope.VILLAGE,
    "dashboards:completeness": Scope.AREA,
    "desk:audit": Scope.CHANGE,
    "desk:audit-export": Scope.EVENT,
    "standards:assess": Scope.AREA,
    "desk:years": Scope.AREA,
    "standards:assessments": Scope.ASSESSMENT,
    "standards:compare": Scope.ASSESSMENT,
    "exchange:imports": Scope.IMPORT,
    "exchange:upload": Scope.AREA,
    "api:areas": Scope.AREA,
    "api:villages": Scope.VILLAGE,
    "api:village-years": Scope.VILLAGE,
    "api:village-results": Scope.VILLAGE,
    "api:households": Scope.HOUSEHOLD,
    "api:household-years": Scope.HOUSEHOLD,
    "api:household-results": Scope.HOUSEHOLD,
    "api:members": Scope.MEMBER,
    "api:member-years": Scope.MEMBER,
    "api:assessments": Scope.ASSESSMENT,
    "api:imports": Scope.IMPORT,
    "api:jobs": Scope.JOB,
}
