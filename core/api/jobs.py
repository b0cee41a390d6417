"""Background jobs of the API: where they stand and how far they are."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from core import jobs
from core.api.serializers import Filters
from core.api.views import ListView, ObjectView
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


class JobDetail(ObjectView):
    """One job: ask again every few seconds until it is done, failed or stopped."""

    serializer = JobSerializer

    def find(self, request: Request, *, pk: int) -> Job:
        job = Job.objects.visible_to(request.user).filter(pk=pk).first()
        if job is None:
            raise Http404
        return job
