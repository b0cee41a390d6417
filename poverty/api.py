"""The addresses of the API, version 1; each app brings its views."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import IntConverter

from accounts.api import Me
from areas.api import AreaDetail, AreaList
from core.api.docs import Schema, docs
from core.api.jobs import JobDetail, JobList, JobStop
from exchange import api as exchange
from households import api as households
from standards import api as standards
from standards import api_results as results
from villages import api as villages


class KeyConverter(IntConverter):
    """The key of a row; a number that no key can be has no address."""

    regex = "[1-9][0-9]{0,17}"


class YearConverter(IntConverter):
    regex = "20[0-9]{2}"


class AreaCodeConverter(IntConverter):
    regex = "[0-9]{12}(?:[0-9]{3})?"

    def to_python(self, value: str) -> str:  # type: ignore[override]
        return value


register_converter(KeyConverter, "key")
register_converter(YearConverter, "year")
register_converter(AreaCodeConverter, "division")

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("me/", Me.as_view(), name="me"),
    path("areas/", AreaList.as_view(), name="areas"),
    path("areas/<division:code>/", AreaDetail.as_view(), name="area"),
    path("villages/", villages.VillageList.as_view(), name="villages"),
    path("villages/<division:code>/", villages.VillageDetail.as_view(), name="village"),
    path(
        "villages/<division:code>/years/<year:year>/",
        villages.VillageYearDetail.as_view(),
        name="village-year",
    ),
    path(
        "villages/<division:code>/results/<year:year>/",
        results.VillageResultDetail.as_view(),
        name="village-result",
    ),
    path("village-years/", villages.VillageYearList.as_view(), name="village-years"),
    path("village-results/", results.VillageResultList.as_view(), name="village-results"),
    path("households/", households.HouseholdList.as_view(), name="households"),
    path("households/<key:pk>/", households.HouseholdDetail.as_view(), name="household"),
    path(
        "households/<key:pk>/years/<year:year>/",
        households.HouseholdYearDetail.as_view(),
        name="household-year",
    ),
    path(
        "households/<key:pk>/results/<year:year>/",
        results.HouseholdResultDetail.as_view(),
        name="household-result",
    ),
    path("household-years/", households.HouseholdYearList.as_view(), name="household-years"),
    path("household-results/", results.HouseholdResultList.as_view(), name="household-results"),
    path("members/", households.MemberList.as_view(), name="members"),
    path("members/<key:pk>/", households.MemberDetail.as_view(), name="member"),
    path("members/<key:pk>/years/<year:year>/", households.PersonYearDetail.as_view(), name="member-year"),
    path("member-years/", households.PersonYearList.as_view(), name="member-years"),
    path("standards/", standards.StandardList.as_view(), name="standards"),
    path("standards/<key:pk>/", standards.StandardDetail.as_view(), name="standard"),
    path("assessments/", standards.AssessmentList.as_view(), name="assessments"),
    path("assessments/<key:pk>/", standards.AssessmentDetail.as_view(), name="assessment"),
    path("imports/", exchange.ImportList.as_view(), name="imports"),
    path("imports/<key:pk>/", exchange.ImportDetail.as_view(), name="import"),
    path("imports/<key:pk>/rows/", exchange.ImportRows.as_view(), name="import-rows"),
    path("imports/<key:pk>/apply/", exchange.ImportApply.as_view(), name="import-apply"),
    path("imports/<key:pk>/abandon/", exchange.ImportAbandon.as_view(), name="import-abandon"),
    path("jobs/", JobList.as_view(), name="jobs"),
    path("jobs/<key:pk>/", JobDetail.as_view(), name="job"),
    path("jobs/<key:pk>/stop/", JobStop.as_view(), name="job-stop"),
]
