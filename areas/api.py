"""Divisions of the API."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from areas.models import Area, Level
from core.api.serializers import Filters
from core.api.views import ListView, ObjectView

LEVELS = [(level.value, level.label) for level in Level]


class AreaSerializer(serializers.ModelSerializer):
    parent = serializers.CharField(  # type: ignore[assignment]  # the column, not the nesting
        source="parent.code", allow_null=True, default=None, help_text="Code of the area above."
    )

    class Meta:
        model = Area
        fields = ("code", "level", "name", "parent", "valid_from")
        read_only_fields = fields


class PlaceFilters(Filters):
    """Rows inside an area, named by its leading digits."""

    within = serializers.RegexField(
        r"^[0-9]{2,15}$",
        required=False,
        help_text="Leading digits of a division code: 6 a county, 9 a township, 12 a village.",
    )


class AreaFilters(PlaceFilters):
    level = serializers.ChoiceField(LEVELS, required=False)


class AreaList(ListView):
    """Valid areas inside the grants; areas of 15 digits are villagers' groups."""

    filters = AreaFilters
    serializer = AreaSerializer

    def rows(self, user: Any, asked: dict[str, Any]):
        rows = Area.objects.valid().visible_to(user).select_related("parent")
        rows = rows.within(asked["within"]) if "within" in asked else rows
        return rows.filter(level=asked["level"]) if "level" in asked else rows


class AreaDetail(ObjectView):
    """One valid area."""

    serializer = AreaSerializer

    def find(self, request: Request, *, code: str) -> Area:
        found = Area.objects.valid().visible_to(request.user).select_related("parent").filter(code=code)
        area = found.first()
        if area is None:
            raise Http404
        return area
