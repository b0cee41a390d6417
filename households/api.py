"""Households of the API, their members, and the facts of both in a year."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import ListOfPeople
from areas.api import PlaceFilters
from areas.models import Area, Level
from core.api.fields import Division, Text
from core.api.serializers import StrictModel, year_filter
from core.api.views import CorrectionView
from core.masks import mask
from households.codes import PoliticalStatus, Sex, Status
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.models.year import INCOME_ITEMS
from households.services import save_household, save_household_year, save_person, save_person_year
from villages.api import AreaBrief

# --- What goes out and comes in -----------------------------------------------------------------
REGISTER = (
    "identification_basis",
    "first_identified_year",
    "exit_year",
    "return_year",
    "return_reason",
    "military_family",
    "one_child",
    "two_daughters",
    "bank_name",
    "relocated",
    "relocation_wish",
    "relocation_way",
    "settlement_way",
    "settlement_place",
)
YEARS = ("first_identified_year", "exit_year", "return_year")
AMOUNTS = ("stated_gross", "stated_net", "stated_per_capita")
YEAR_FACTS = (
    "persons",
    "attribute",
    "main_cause",
    "other_causes",
    "planned_route",
    "planned_exit_year",
    *INCOME_ITEMS,
    *AMOUNTS,
    "income_from",
    "income_to",
    "food_secure",
    "clothing_secure",
    "stable_source",
    "own_dwelling",
    "house_area",
    "house_grade",
    "dilapidated",
    "register_dilapidated",
    "safe_water",
    "register_safe_water",
    "water_difficult",
    "production_power",
    "living_power",
    "broadcast",
    "road_distance",
    "road_type",
    "toilet",
    "fuel",
    "arable_land",
    "irrigated_land",
    "forest_land",
    "converted_land",
    "orchard_land",
    "pasture_land",
    "water_area",
    "cooperative",
    "leading_firm",
    "rich_leader",
)
PERSON_FACTS = (
    "education",
    "school_status",
    "dropout_reason",
    "health",
    "work_ability",
    "work_area",
    "work_months",
    "medical_insurance",
    "serious_illness_relief",
    "pension_insurance",
    "commercial_insurance",
    "accident_subsidy",
    "dibao",
    "mandarin",
)
A_YEAR = {"min_value": 1949, "max_value": 2100}


class HouseholdSerializer(StrictModel):
    """A household without what turns with the year; phone and account are masked."""

    village = AreaBrief(source="village.area")
    group = AreaBrief(allow_null=True)
    phone = serializers.SerializerMethodField(help_text="Masked, like 138****1234.")
    bank_account = serializers.SerializerMethodField(help_text="Masked but for the last four digits.")

    class Meta:
        model = Household
        fields = (
            "id",
            "number",
            "version",
            "head_name",
            "village",
            "group",
            "status",
            "phone",
            "bank_account",
            *REGISTER,
            "cancelled_on",
            "cancelled_reason",
        )
        read_only_fields = fields

    def get_phone(self, household: Household) -> str:
        return mask("phone", household.phone)

    def get_bank_account(self, household: Household) -> str:
        return mask("account", household.bank_account)


class HouseholdYearSerializer(StrictModel):
    """Facts of a household in one year; amounts in yuan, null: nobody has looked."""

    household = serializers.IntegerField(source="household_id", help_text="Key of the household.")
    number = serializers.CharField(source="household.number")
    village = serializers.CharField(source="village.area.code", help_text="Of that year.")

    class Meta:
        model = HouseholdYear
        fields = (
            "household",
            "number",
            "village",
            "year",
            "version",
            "closed",
            "status",
            "members",
            *YEAR_FACTS,
        )
        read_only_fields = fields
        signed = ("operating", *AMOUNTS)


class MemberSerializer(serializers.ModelSerializer):
    """A member of a household; of the birth date only the year, of numbers only the first digits."""

    household = serializers.IntegerField(source="household_id", help_text="Key of the household.")
    version = serializers.IntegerField(source="person.version")
    name = serializers.CharField(source="person.name")
    number = serializers.CharField(source="person.number", allow_null=True)
    sex = serializers.ChoiceField(Sex.choices, source="person.sex", allow_null=True)
    birth_year = serializers.SerializerMethodField()
    ethnic_group = serializers.CharField(source="person.ethnic_group", allow_null=True)
    political_status = serializers.ChoiceField(
        PoliticalStatus.choices, source="person.political_status", allow_null=True
    )
    id_number = serializers.SerializerMethodField(help_text="Masked, like 522***************.")
    disability_card = serializers.SerializerMethodField(help_text="Masked like the identity number.")

    class Meta:
        model = Membership
        fields = (
            "id",
            "household",
            "version",
            "relation",
            "name",
            "number",
            "sex",
            "birth_year",
            "ethnic_group",
            "political_status",
            "id_number",
            "disability_card",
            "from_day",
        )
        read_only_fields = fields

    def get_birth_year(self, membership: Membership) -> int | None:
        born: date | None = membership.person.birth_date
        return born.year if born else None

    def get_id_number(self, membership: Membership) -> str:
        return mask("id_number", membership.person.id_number)

    def get_disability_card(self, membership: Membership) -> str:
        return mask("certificate", membership.person.disability_card)


class PersonYearSerializer(StrictModel):
    """Facts of a member in one year; null: nobody has looked."""

    member = serializers.IntegerField(help_text="Key of the member.")

    class Meta:
        model = PersonYear
        fields = ("member", "year", "version", *PERSON_FACTS)
        read_only_fields = fields


class Said(StrictModel):
    """What stands in the history beside every correction."""

    reason = Text(required=False, allow_blank=True, max_length=200)
    evidence = Text(required=False, allow_blank=True, max_length=200)


class HouseholdCorrection(Said):
    """Fields of the register to correct; `group` is the code of a group of the same village."""

    group = Division(digits=15, allow_null=True, required=False)

    class Meta:
        model = Household
        fields = ("group", *REGISTER, "reason", "evidence")
        extra_kwargs: ClassVar = dict.fromkeys(YEARS, A_YEAR)

    def validate_group(self, code: str | None) -> Area | None:
        if code is None:
            return None
        household, user = self.context["found"], self.context["user"]
        groups = Area.objects.valid().visible_to(user).within(household.village.area.code)
        group = groups.filter(level=Level.GROUP, code=code).first()
        if group is None:
            raise serializers.ValidationError(_("There is no such group in the village."))
        return group


class HouseholdYearCorrection(Said):
    """Facts of a household's year to correct; amounts as text in yuan."""

    class Meta:
        model = HouseholdYear
        fields = (*YEAR_FACTS, "reason", "evidence")
        signed = ("operating", *AMOUNTS)
        extra_kwargs: ClassVar = {
            "persons": {"min_value": 1, "max_value": 50},
            "planned_exit_year": A_YEAR,
        }


class MemberCorrection(Said):
    """Who the member is, to correct; numbers are corrected on the page of the household."""

    class Meta:
        model = Person
        fields = ("name", "sex", "ethnic_group", "political_status", "reason", "evidence")


class PersonYearCorrection(Said):
    """Facts of a member's year to correct."""

    class Meta:
        model = PersonYear
        fields = (*PERSON_FACTS, "reason", "evidence")


# --- What a list can be narrowed to ------------------------------------------------------------
class HouseholdFilters(PlaceFilters):
    number = serializers.CharField(required=False, max_length=30)
    status = serializers.ChoiceField(Status.choices, required=False)


class YearFilters(PlaceFilters):
    year = year_filter()


class MemberFilters(PlaceFilters):
    household = serializers.IntegerField(min_value=1, max_value=2**53, required=False)


class PersonYearFilters(MemberFilters):
    year = year_filter()


# --- Views ------------------------------------------------------------------------------------
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
