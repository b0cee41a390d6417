"""What of households, members and their years goes out and comes in through the API."""

from datetime import date
from typing import ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from areas.api import PlaceFilters
from areas.models import Area, Level
from core.api.fields import Division, Text
from core.api.serializers import StrictModel, year_filter
from core.masks import mask
from households.codes import PoliticalStatus, Sex, Status
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.models.year import INCOME_ITEMS
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
