"""Imports of the API: hand workbooks in, look at what they would change, let them be written."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_forms import checked
from accounts.idempotency import once
from core import jobs
from core.api.errors import ApiError
from core.api.fields import Text
from core.api.serializers import Filters, Strict, check_names
from core.api.views import ApiView, ListView, ObjectView, no_filters
from core.clock import EARLIEST_YEAR, LATEST_YEAR
from exchange import queries, services
from exchange.display import shown_rows
from exchange.forms import MOST_FILES, UploadForm
from exchange.models import Import, ImportFile, StagedRow
from exchange.reading.words import file_sentence
from exchange.reports import Columns, findings, totals
from villages.api import AreaBrief
from villages.years import YearClosed

STATES = ("new", "changed", "unchanged", "refused", "warned")


class ImportCounts(serializers.Serializer):
    """Rows of all sheets: read = new + changed + unchanged + refused + left out."""

    rows_read = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    left_out = serializers.IntegerField()
    warned = serializers.IntegerField()


class ImportFileSerializer(serializers.ModelSerializer):
    problem = serializers.SerializerMethodField(help_text="Why the file is not read; empty when it is.")

    class Meta:
        model = ImportFile
        fields = ("id", "name", "size", "problem")
        read_only_fields = fields

    def get_problem(self, file: ImportFile) -> str:
        return file_sentence(file.problem, file.problem_params) if file.problem else ""


class ImportBrief(serializers.ModelSerializer):
    """An import: uploaded, reading, compared, confirmed, applying, applied; failed or abandoned."""

    county = AreaBrief()
    area_prefix = serializers.CharField(help_text="Leading digits of the area it may write to.")
    job = serializers.IntegerField(
        source="job_id", allow_null=True, help_text="The job that works on it, or did last."
    )

    class Meta:
        model = Import
        fields = (
            "id",
            "county",
            "area_prefix",
            "year",
            "state",
            "erase_on_empty",
            "all_or_nothing",
            "user_name",
            "reason",
            "error",
            "remark",
            "job",
            "compared_again",
            "created_at",
            "compared_at",
            "ended_at",
        )
        read_only_fields = fields


class ImportSerializer(ImportBrief):
    """An import with its files and the counts of its comparison."""

    files = ImportFileSerializer(many=True)
    counts = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = (*ImportBrief.Meta.fields, "files", "counts")
        read_only_fields = fields

    @extend_schema_field(ImportCounts)
    def get_counts(self, source: Import) -> dict[str, int]:
        return totals(queries.sheets_of(source))


class DifferenceSerializer(serializers.Serializer):
    column = serializers.CharField(source="label", help_text="Its heading.")
    before = serializers.CharField()
    after = serializers.CharField()


class FindingSerializer(serializers.Serializer):
    cell = serializers.SerializerMethodField(help_text="Like C7; empty when the whole row is meant.")
    heading = serializers.CharField()
    sentence = serializers.CharField()
    cure = serializers.CharField()

    def get_cell(self, finding: Any) -> str:
        return f"{finding.letter}{finding.row}" if finding.letter else ""


class RowSerializer(serializers.Serializer):
    """One row of a sheet: what it would change, or why it is refused; secrets are masked."""

    id = serializers.IntegerField()
    file = serializers.CharField()
    sheet = serializers.CharField()
    row = serializers.IntegerField()
    state = serializers.ChoiceField(StagedRow.State.choices)
    number = serializers.CharField(help_text="Number of the household or code of the village.")
    name = serializers.CharField()
    village = serializers.CharField()
    differences = DifferenceSerializer(many=True)
    findings = FindingSerializer(many=True)


class UploadSerializer(serializers.Serializer):
    """Workbooks with the area and year they are for, as multipart/form-data."""

    files = serializers.ListField(
        child=serializers.FileField(), min_length=1, max_length=MOST_FILES, help_text=".xlsx, .xls or .csv"
    )
    area = serializers.RegexField(r"^[0-9]{12}$", help_text="Code of a county, township or village.")
    year = serializers.IntegerField(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    erase_on_empty = serializers.BooleanField(required=False)
    all_or_nothing = serializers.BooleanField(required=False)


class ApplySerializer(Strict):
    reason = Text(max_length=200, help_text="Why the workbooks are written; stands in the history.")


class RowFilters(Filters):
    state = serializers.ChoiceField([(state, state) for state in STATES], required=False)


class ImportList(ListView):
    """Imports of areas inside the grants; POST hands workbooks in."""

    serializer = ImportBrief
    creation = UploadSerializer
    keyed = True
    created = ImportSerializer
    parser_classes = [MultiPartParser]

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Import]:
        return Import.objects.visible_to(user).select_related("county")

    def post(self, request: Request) -> Response:
        no_filters(request)
        check_names(request.data, UploadSerializer().fields)
        return once(request, "api:imports", lambda: self._start(request))

    def _start(self, request: Request) -> Response:
        form = checked(UploadForm, request)
        clean = form.cleaned_data
        source = services.start_import(
            [(file.name, file) for file in clean["files"]],
            area=clean["area"],
            year=clean["year"],
            user=request.user,
            erase_on_empty=clean["erase_on_empty"],
            all_or_nothing=clean["all_or_nothing"],
        )
        enqueue("exchange.read", source, request.user)
        return Response(ImportSerializer(source).data, status=201)


def enqueue(kind: str, source: Import, user: Any) -> None:
    job = jobs.enqueue(kind, user=user, arguments={"import": source.pk}, area_prefix=source.area_prefix)
    Import.objects.filter(pk=source.pk).update(job=job)
    source.job = job


def visible_import(user: Any, pk: int) -> Import:
    """The import with this key among those that `user` may see, or Http404."""
    source = Import.objects.visible_to(user).filter(pk=pk).select_related("county", "job").first()
    if source is None:
        raise Http404
    return source


class ImportDetail(ObjectView):
    """One import with its files and counts."""

    serializer = ImportSerializer

    def find(self, request: Request, *, pk: int) -> Import:
        return visible_import(request.user, pk)


class ImportRows(ListView):
    """What the rows of an import would change, and which are refused and why."""

    filters = RowFilters
    serializer = RowSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.source = visible_import(request.user, kwargs["pk"])
        return super().get(request)

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[StagedRow]:
        if "state" in asked:
            return queries.rows_of(self.source, asked["state"])
        rows = StagedRow.objects.filter(source=self.source)
        return rows.select_related("sheet", "sheet__file")

    def shown(self, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
        columns = {row.sheet_id: row.sheet for row in rows if row.sheet.format}
        placed = {key: Columns(sheet) for key, sheet in columns.items()}
        found = [
            {
                "id": one.row.pk,
                "file": one.row.sheet.file.name,
                "sheet": one.row.sheet.name,
                "row": one.row.number,
                "state": one.row.state,
                "number": one.row.key,
                "name": one.row.name,
                "village": one.village,
                "differences": one.differences,
                "findings": findings(one.row, placed[one.row.sheet_id]),
            }
            for one in shown_rows(rows)
        ]
        return list(RowSerializer(found, many=True).data)


class ImportApply(ApiView):
    """Let a compared import be written; a job does it."""

    serializer = ImportSerializer
    creation = ApplySerializer
    created_status = 202
    may_be_late = True

    def post(self, request: Request, *, pk: int) -> Response:
        no_filters(request)
        source = visible_import(request.user, pk)
        values = self.allowed(ApplySerializer(data=self.body(request)))
        if source.state != Import.State.COMPARED:
            raise moved_on(source)
        try:
            with transaction.atomic():
                services.confirm_import(source, user=request.user, reason=values["reason"])
                enqueue("exchange.apply", source, request.user)
        except (services.NothingToApply, YearClosed):
            raise
        except ValidationError:
            raise moved_on(visible_import(request.user, pk)) from None
        return Response(ImportSerializer(source).data, status=202)


class ImportAbandon(ApiView):
    """Put an import away that was not written."""

    serializer = ImportSerializer
    creation = None
    created_status = 200
    may_be_late = True
    open_states = (Import.State.UPLOADED, Import.State.COMPARED, Import.State.FAILED)

    def post(self, request: Request, *, pk: int) -> Response:
        no_filters(request)
        source = visible_import(request.user, pk)
        if source.state not in self.open_states:
            raise moved_on(source)
        services.abandon_import(source, user=request.user)
        return Response(ImportSerializer(visible_import(request.user, pk)).data)


def moved_on(source: Import) -> ApiError:
    words = _("This import is no longer in the state in which it was shown.")
    return ApiError(409, "conflict", words, current=ImportSerializer(source).data)
