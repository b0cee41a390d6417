"""Where the objects of the access matrix lie, and who may look there, written out by hand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import now

from accounts import services
from accounts.models import User
from accounts.policy import Scope
from accounts.roles import ADMINISTRATORS
from areas.models import Area, Level
from tests.accounts.objects import MAKERS
from tests.accounts.objects import MISSING as NO_OBJECT
from tests.makers import (
    make_area,
    make_household,
    make_official,
    make_organisation,
    make_township,
    make_user,
    make_village,
)
from villages.models import Village

TOWNSHIP, VILLAGE, ORGANISATION, HOUSEHOLDS = "township", "village", "organisation", "households"
GRANTS = (TOWNSHIP, VILLAGE, ORGANISATION, HOUSEHOLDS)
OWN, CHILD, SIBLING = "own area", "child area", "sibling village"
OTHER_TOWNSHIP, OTHER_COUNTY = "other township", "other county"
OTHER_ORGANISATION, MISSING = "other organisation", "non-existing"
PLACES = (OWN, CHILD, SIBLING, OTHER_TOWNSHIP, OTHER_COUNTY, OTHER_ORGANISATION, MISSING)

# What lies inside a grant; a sibling village lies inside the township.
INSIDE = {
    TOWNSHIP: {OWN, CHILD, SIBLING},
    VILLAGE: {OWN, CHILD},
    ORGANISATION: set(),
    HOUSEHOLDS: {OWN},
}
# The only rules that single households open.
OF_HOUSEHOLDS = {Scope.HOUSEHOLD, Scope.MEMBER}
# What belongs to a person, wherever it was made.
OF_A_PERSON = {Scope.ROSTER, Scope.NOTICE, Scope.TOKEN}
FOR_EVERYBODY = {Scope.STANDARD, Scope.ACCOUNT}
# Administrators hold no grant and see these as a whole.
WHOLE = {
    "system_admin": {Scope.JOB},
    "security_admin": {Scope.ORGANISATION, Scope.OFFICIAL},
    "audit_admin": {Scope.CHANGE, Scope.EVENT},
}


def may_find(role: str, grant: str, scope: Scope, place: str) -> bool:
    """Whether a person of the role, granted so, finds an object of the rule that lies there."""
    if place == MISSING:
        return False
    if scope in FOR_EVERYBODY:
        return True
    if scope in OF_A_PERSON:
        return place == OWN
    if role in ADMINISTRATORS:
        return scope in WHOLE.get(role, set())
    if grant == HOUSEHOLDS and scope not in OF_HOUSEHOLDS:
        return False
    return place in INSIDE[grant]


@dataclass(frozen=True)
class Site:
    """A village with the area on which hangs what lies in no village."""

    village: Village
    area: Area


class Ground:
    """Two counties, three townships, a village with a group, and somebody for each role and grant."""

    def __init__(self) -> None:
        own = make_village("999001101201", "甲村")
        sibling = make_village("999001101202", "乙村")
        next_one = make_village("999001102201", "丙村")
        others = make_village("999001103201", "丁村")
        make_area("999002000000", Level.COUNTY, "另一县")
        far = make_village("999002101201", "戊村")
        self.group = make_area(own.area.code + "001", Level.GROUP, "一组", own.area)
        self.bureau = make_organisation(area=make_township("999001101000"), name="甲局")
        make_official(others.area, name="别人")
        self.household = make_household(village=own)
        self.sites = {
            SIBLING: Site(sibling, sibling.area),
            OTHER_TOWNSHIP: Site(next_one, next_one.area.parent),
            OTHER_COUNTY: Site(far, far.area.parent.parent),
            OTHER_ORGANISATION: Site(others, others.area.parent),
        }
        self.own = own
        self.users: dict[tuple[str, str], User] = {}

    def site(self, grant: str, place: str) -> Site:
        """Where an object of the place lies for whoever is granted so."""
        if place == OWN:
            return Site(
                self.own, self.own.area.parent if grant in {TOWNSHIP, ORGANISATION} else self.own.area
            )
        if place == CHILD:
            return Site(self.own, self.group if grant == VILLAGE else self.own.area)
        return self.sites[place]

    def values(self, user: User, grant: str, scope: Scope, place: str) -> dict[str, Any]:
        """What an address of the rule may hold to name an object that lies there."""
        if place == MISSING:
            return NO_OBJECT
        if grant == HOUSEHOLDS and place == OWN and scope in OF_HOUSEHOLDS:
            row = self.household if scope == Scope.HOUSEHOLD else self.household.memberships.get()
            return {"pk": row.pk}
        site = self.site(grant, place)
        owner = None if scope in OF_A_PERSON and place != OWN else user
        return MAKERS[scope](site.village, owner, site.area)

    def user(self, role: str, grant: str) -> User:
        """Somebody with the role and the grant; administrators hold none."""
        if role in ADMINISTRATORS:
            grant = TOWNSHIP
        if (role, grant) not in self.users:
            self.users[role, grant] = self._make(role, grant)
        return self.users[role, grant]

    def _make(self, role: str, grant: str) -> User:
        area: Area | bool = {TOWNSHIP: self.own.area.parent, VILLAGE: self.own.area}.get(grant, False)
        user = make_user(role, area, last_seen_at=now())
        day: dict[str, Any] = {"actor": None, "from_day": date(2016, 1, 1)}
        if grant == ORGANISATION:
            services.grant_organisation(user, self.bureau, **day)
        if grant == HOUSEHOLDS:
            services.grant_households(user, [self.household.pk], **day)
        return User.objects.get(pk=user.pk)
