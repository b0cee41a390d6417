"""Background jobs of the API: where they stand and how far they are."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import jobs
from core.api.serializers import Filters
from core.api.views import ApiView, ListView, ObjectView, no_filters
from core.models import Job


class JobSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField(help_text="What the job does, in words.")
    percent = serializers.IntegerField(
        allow_null=True, help_text="Progress; null while the total is unknown."
    )

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "done",
            "total",
            "percent",
            "note",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_title(self, job: Job) -> str:
        kind = jobs.kind_of(job)
        return str(kind.title) if kind else job.kind


class JobFilters(Filters):
    state = serializers.ChoiceField(Job.State.choices, required=False)


class JobList(ListView):
    """Jobs of the areas inside the grants, and the own ones."""

    filters = JobFilters
    serializer = JobSerializer

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Job]:
        rows = Job.objects.visible_to(user)
        return rows.filter(state=asked["state"]) if "state" in asked else rows


def visible_job(user: Any, pk: int) -> Job:
    """The job with this key among those that `user` may see, or Http404."""
    job: Job | None = Job.objects.visible_to(user).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


class JobDetail(ObjectView):
    """One job: ask again every few seconds until it is done, failed or stopped."""

    serializer = JobSerializer

    def find(self, request: Request, *, pk: int) -> Job:
        return visible_job(request.user, pk)


class JobStop(ApiView):
    """Ask a job to stop; one that is over stays as it is."""

    serializer = JobSerializer
    creation = None
    created_status = 200

    def post(self, request: Request, *, pk: int) -> Response:
        no_filters(request)
        jobs.stop(visible_job(request.user, pk), user=request.user)
        return Response(JobSerializer(visible_job(request.user, pk)).data)
