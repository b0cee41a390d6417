"""Households of the API, their members, and the facts of both in a year."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from accounts.api import ListOfPeople
from core.api.views import CorrectionView
from households.api_fields import (
    HouseholdCorrection,
    HouseholdFilters,
    HouseholdSerializer,
    HouseholdYearCorrection,
    HouseholdYearSerializer,
    MemberCorrection,
    MemberFilters,
    MemberSerializer,
    PersonYearCorrection,
    PersonYearFilters,
    PersonYearSerializer,
    YearFilters,
)
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.services import save_household, save_household_year, save_person, save_person_year


def visible_household(user: Any, pk: int) -> Household:
    """The household with this key among those that `user` may see, or Http404."""
    rows = Household.objects.visible_to(user).filter(pk=pk)
    household = rows.select_related("village__area", "group", "phone", "bank_account").first()
    if household is None:
        raise Http404
    return household


class HouseholdList(ListOfPeople):
    """Households on the register inside the grants."""

    filters = HouseholdFilters
    serializer = HouseholdSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Household]:
        rows = Household.objects.visible_to(user).valid()
        rows = rows.within(asked["within"]) if "within" in asked else rows
        for name in ("number", "status"):
            rows = rows.filter(**{name: asked[name]}) if name in asked else rows
        return rows.select_related("village__area", "group", "phone", "bank_account")


class HouseholdYearList(ListOfPeople):
    """Facts of one year, household by household."""

    filters = YearFilters
    serializer = HouseholdYearSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[HouseholdYear]:
        rows = HouseholdYear.objects.visible_to(user).filter(year=asked["year"], household__cancelled_on=None)
        rows = rows.within(asked["within"]) if "within" in asked else rows
        return rows.select_related("household", "village__area")


def members_of(user: Any, asked: dict[str, Any]) -> QuerySet[Membership]:
    """Open memberships inside the grants."""
    rows = Membership.objects.visible_to(user).filter(to_day=None, household__cancelled_on=None)
    rows = rows.within(asked["within"]) if "within" in asked else rows
    return rows.filter(household=asked["household"]) if "household" in asked else rows


class MemberList(ListOfPeople):
    """People who belong to a household inside the grants today."""

    filters = MemberFilters
    serializer = MemberSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Membership]:
        return members_of(user, asked).select_related("person__id_number", "person__disability_card")


class PersonYearList(ListOfPeople):
    """Facts of one year, member by member; without facts a member is left out."""

    filters = PersonYearFilters
    serializer = PersonYearSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Membership]:
        return members_of(user, asked).filter(person__years__year=asked["year"])

    def shown(self, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
        members = {membership.person_id: membership.pk for membership in rows}
        years = PersonYear.objects.filter(person__in=members, year=asked["year"])
        found = {year.person_id: year for year in years}
        for person, year in found.items():
            year.member = members[person]  # type: ignore[attr-defined]
        return list(self.serializer([found[row.person_id] for row in rows], many=True).data)


class HouseholdDetail(CorrectionView):
    """One household."""

    serializer = HouseholdSerializer
    correction = HouseholdCorrection

    def find(self, request: Request, *, pk: int) -> Household:
        return visible_household(request.user, pk)

    def save(self, found: Household, values: dict[str, Any], **said: Any) -> None:
        save_household(found, values, **said)


class HouseholdYearDetail(CorrectionView):
    """Facts of one household in one year."""

    serializer = HouseholdYearSerializer
    correction = HouseholdYearCorrection

    def find(self, request: Request, *, pk: int, year: int) -> HouseholdYear:
        household = visible_household(request.user, pk)
        row = household.years.select_related("household", "village__area").filter(year=year).first()
        if row is None:
            raise Http404
        return row

    def save(self, found: HouseholdYear, values: dict[str, Any], **said: Any) -> None:
        save_household_year(found, values, **said)


def visible_member(user: Any, pk: int) -> Membership:
    """The open membership with this key among those that `user` may see, or Http404."""
    rows = members_of(user, {}).filter(pk=pk)
    member = rows.select_related("person__id_number", "person__disability_card").first()
    if member is None:
        raise Http404
    return member


class MemberDetail(CorrectionView):
    """One member of a household."""

    serializer = MemberSerializer
    correction = MemberCorrection

    def versioned(self, found: Membership) -> Person:
        return found.person

    def find(self, request: Request, *, pk: int) -> Membership:
        return visible_member(request.user, pk)

    def save(self, found: Membership, values: dict[str, Any], **said: Any) -> None:
        save_person(found.person, values, **said)


class PersonYearDetail(CorrectionView):
    """Facts of one member in one year."""

    serializer = PersonYearSerializer
    correction = PersonYearCorrection

    def find(self, request: Request, *, pk: int, year: int) -> PersonYear:
        member = visible_member(request.user, pk)
        row = PersonYear.objects.filter(person=member.person_id, year=year).first()
        if row is None:
            raise Http404
        row.member = member.pk  # type: ignore[attr-defined]
        return row

    def save(self, found: PersonYear, values: dict[str, Any], **said: Any) -> None:
        save_person_year(found, values, **said)
