from django.urls import path

from dashboards.views import areas

app_name = "dashboards"
urlpatterns = [
    path("", areas.area, name="area"),
    path("area/<str:code>/", areas.area, name="area"),
]
