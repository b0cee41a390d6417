from django.urls import path

from dashboards.views import areas, completeness, homes, inbox

app_name = "dashboards"
urlpatterns = [
    path("", areas.area, name="area"),
    path("area/<str:code>/", areas.area, name="area"),
    path("home/", homes.home, name="home"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/<str:code>/", completeness.completeness, name="completeness-of"),
    path("completeness/<str:code>/export/", completeness.completeness_export, name="completeness-export"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.read, name="inbox-read"),
    path("inbox/<int:pk>/open/", inbox.notice_open, name="notice-open"),
]
