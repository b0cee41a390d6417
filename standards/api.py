"""Standards and assessments of the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_forms import checked
from accounts.idempotency import once
from areas.api import PlaceFilters
from core.api.fields import LONGEST_NUMBER, Division, Whole
from core.api.jobs import JobSerializer
from core.api.serializers import Filters, Strict
from core.api.views import ListView, ObjectView, no_filters
from core.clock import EARLIEST_YEAR, LATEST_YEAR
from standards import queries, services
from standards.forms import AssessForm
from standards.models import (
    Assessment,
    StandardVersion,
    Subject,
)
from villages.api import AreaBrief


# --- Standards --------------------------------------------------------------------------------
class StandardBrief(serializers.ModelSerializer):
    """The version by which something was judged."""

    class Meta:
        model = StandardVersion
        fields = ("id", "code", "number", "name")
        read_only_fields = fields

    name = serializers.CharField()


class StandardSerializer(StandardBrief):
    class Meta:
        model = StandardVersion
        fields = (
            "id",
            "subject",
            "code",
            "number",
            "name",
            "area_prefix",
            "starts_on",
            "document",
            "published_at",
        )
        read_only_fields = fields


class CriterionText(serializers.Serializer):
    measure = serializers.CharField(source="criterion.measure")
    name = serializers.CharField()
    demand = serializers.CharField()
    clause = serializers.CharField(source="criterion.clause_text")
    unknown = serializers.CharField()
    gating = serializers.BooleanField(source="criterion.gating")


class IndicatorText(serializers.Serializer):
    code = serializers.CharField(source="indicator.code")
    name = serializers.CharField(source="indicator.name")
    clause = serializers.CharField(source="indicator.clause_text")
    gating = serializers.BooleanField(source="indicator.gating")
    criteria = CriterionText(many=True)


class StandardText(StandardSerializer):
    """A version with its indicators as a person reads them for its first year."""

    indicators = serializers.SerializerMethodField()

    class Meta:
        model = StandardVersion
        fields = (*StandardSerializer.Meta.fields, "source", "note", "indicators")
        read_only_fields = fields

    @extend_schema_field(IndicatorText(many=True))
    def get_indicators(self, version: StandardVersion) -> list[dict[str, Any]]:
        texts = queries.readable(version, version.starts_on.year)
        return list(IndicatorText(texts, many=True).data)


class StandardFilters(Filters):
    subject = serializers.ChoiceField(Subject.choices, required=False)


class StandardList(ListView):
    """Published versions and drafts of exit standards."""

    filters = StandardFilters
    serializer = StandardSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[StandardVersion]:
        rows = StandardVersion.objects.all()
        return rows.filter(subject=asked["subject"]) if "subject" in asked else rows


class StandardDetail(ObjectView):
    """One version with its indicators and criteria in words."""

    serializer = StandardText

    def find(self, request: Request, *, pk: int) -> StandardVersion:
        version = StandardVersion.objects.filter(pk=pk).first()
        if version is None:
            raise Http404
        return version


# --- Assessments ------------------------------------------------------------------------------
class AssessmentSerializer(serializers.ModelSerializer):
    """One run of judging; `as_of` is the day of which the facts were judged."""

    area = AreaBrief()
    standard = StandardBrief(source="version")
    counts = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="Outcomes by indicator, then by verdict.",
    )

    class Meta:
        model = Assessment
        fields = (
            "id",
            "subject",
            "area",
            "year",
            "as_of",
            "standard",
            "trial",
            "state",
            "started_at",
            "finished_at",
            "closed_at",
            "judged",
            "changed",
            "counts",
        )
        read_only_fields = fields


class AssessmentFilters(PlaceFilters):
    year = serializers.IntegerField(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, required=False)
    subject = serializers.ChoiceField(Subject.choices, required=False)
    state = serializers.ChoiceField(Assessment.State.choices, required=False)


class AssessSerializer(Strict):
    """Where and for which year to judge; with a standard it is a trial beside the real results."""

    area = Division(help_text="Code of a county or township.")
    year = Whole(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    standard = Whole(
        required=False, help_text="Key of the version to try.", min_value=1, max_value=LONGEST_NUMBER
    )


class AssessmentList(ListView):
    """Runs of judging areas inside the grants; POST starts one as a job."""

    filters = AssessmentFilters
    serializer = AssessmentSerializer
    creation = AssessSerializer
    keyed = True
    created = JobSerializer
    created_status = 202

    def post(self, request: Request) -> Response:
        no_filters(request)
        self.allowed(AssessSerializer(data=self.body(request)))
        return once(request, "api:assessments", lambda: self._start(request))

    def _start(self, request: Request) -> Response:
        clean = checked(AssessForm, request, {"version": "standard"}).cleaned_data
        job = services.start_assessment(**clean, user=request.user)
        return Response(JobSerializer(job).data, status=202)

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Assessment]:
        rows = queries.assessments_for_list(user)
        rows = rows.within(asked["within"]) if "within" in asked else rows
        for name in ("year", "subject", "state"):
            rows = rows.filter(**{name: asked[name]}) if name in asked else rows
        return rows


class AssessmentDetail(ObjectView):
    """One run of judging."""

    serializer = AssessmentSerializer

    def find(self, request: Request, *, pk: int) -> Assessment:
        assessment = queries.assessments_for_list(request.user).filter(pk=pk).first()
        if assessment is None:
            raise Http404
        return assessment
