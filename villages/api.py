"""Villages of the API and their facts of a year."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from areas.api import PlaceFilters
from areas.models import Area
from core.api.fields import LONGEST_NUMBER, Text
from core.api.serializers import StrictModel, year_filter
from core.api.views import CorrectionView, ListView, ObjectView
from villages.models import Village, VillageYear
from villages.services import save_village_year

COUNTS = (
    "households_total",
    "population",
    "register_population",
    "rural_population",
    "natural_villages",
    "stated_poor_households",
    "stated_poor_persons",
    "dibao_persons",
    "dibao_households",
    "wubao_persons",
    "wubao_households",
    "minority_persons",
    "women",
    "disabled_persons",
    "labour_persons",
    "migrant_workers",
    "unsafe_water_households",
    "difficult_water_households",
    "no_living_power",
    "no_production_power",
    "no_broadcast_households",
    "reading_rooms",
    "clinics",
    "village_doctors",
    "physicians",
    "broadband_households",
    "cooperatives",
)
FACTS = (
    "attribute",
    "exited",
    "head_name",
    "paved_road",
    "road_width",
    "bus_feasible",
    "bus",
    "culture_centre",
    "standard_clinic",
    "committee_broadband",
    "collective_income",
    "main_industry",
    *COUNTS,
)


class AreaBrief(serializers.ModelSerializer):
    """Code and name of an area."""

    class Meta:
        model = Area
        fields = ("code", "name")
        read_only_fields = fields


class VillageSerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="area.code")
    name = serializers.CharField(source="area.name")
    township = AreaBrief(source="area.parent", allow_null=True)

    class Meta:
        model = Village
        fields = ("code", "name", "township")
        read_only_fields = fields


class VillageYearSerializer(StrictModel):
    """Facts of a village in one year; null: nobody has looked."""

    village = serializers.CharField(source="village.area.code")

    class Meta:
        model = VillageYear
        fields = ("village", "year", "version", *FACTS)
        read_only_fields = fields


class VillageCorrection(StrictModel):
    """Facts to correct, with the reason that stands in the history."""

    reason = Text(required=False, allow_blank=True, max_length=200)
    evidence = Text(required=False, allow_blank=True, max_length=200)

    class Meta:
        model = VillageYear
        fields = (*FACTS, "reason", "evidence")
        extra_kwargs: ClassVar = {name: {"min_value": 0, "max_value": LONGEST_NUMBER} for name in COUNTS}


class VillageYearFilters(PlaceFilters):
    year = year_filter()


class VillageList(ListView):
    """Valid villages inside the grants."""

    filters = PlaceFilters
    serializer = VillageSerializer

    def rows(self, user: Any, asked: dict[str, Any]):
        rows = Village.objects.visible_to(user).filter(area__valid_to=None)
        rows = rows.within(asked["within"]) if "within" in asked else rows
        return rows.select_related("area__parent")


class VillageDetail(ObjectView):
    """One valid village."""

    serializer = VillageSerializer

    def find(self, request: Request, *, code: str) -> Village:
        return visible_village(request.user, code)


class VillageYearList(ListView):
    """Facts of one year, village by village."""

    filters = VillageYearFilters
    serializer = VillageYearSerializer

    def rows(self, user: Any, asked: dict[str, Any]):
        rows = VillageYear.objects.visible_to(user).filter(year=asked["year"], village__area__valid_to=None)
        rows = rows.within(asked["within"]) if "within" in asked else rows
        return rows.select_related("village__area")


class VillageYearDetail(CorrectionView):
    """Facts of one village in one year."""

    serializer = VillageYearSerializer
    correction = VillageCorrection

    def find(self, request: Request, *, code: str, year: int) -> VillageYear:
        village = visible_village(request.user, code)
        row = village.years.select_related("village__area").filter(year=year).first()
        if row is None:
            raise Http404
        return row

    def save(self, found: VillageYear, values: dict[str, Any], **said: Any) -> None:
        save_village_year(found, values, **said)


def visible_village(user: Any, code: str) -> Village:
    """The valid village with this code among those that `user` may see, or Http404."""
    rows = Village.objects.visible_to(user).filter(area__valid_to=None, area__code=code)
    village = rows.select_related("area__parent").first()
    if village is None:
        raise Http404
    return village
