from django.urls import path

from dashboards.views import areas, inbox

app_name = "dashboards"
urlpatterns = [
    path("", areas.area, name="area"),
    path("area/<str:code>/", areas.area, name="area"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.read, name="inbox-read"),
    path("inbox/<int:pk>/open/", inbox.notice_open, name="notice-open"),
]
