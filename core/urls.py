from django.urls import path

from core.views import health, jobs, metrics, ui_kit

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job"),
    path("jobs/<int:pk>/stop/", jobs.job_stop, name="job-stop"),
    path("timetable/", jobs.timetable, name="timetable"),
    path("ui/", ui_kit.ui_kit, name="ui-kit"),
]
