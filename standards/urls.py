from django.urls import path

from standards import assessment_views, views

app_name = "standards"
urlpatterns = [
    path("standards/", views.standard_list, name="list"),
    path("standards/upload/", views.standard_upload, name="upload"),
    path("standards/<int:pk>/", views.standard_detail, name="detail"),
    path("standards/<int:pk>/difference/", views.standard_difference, name="difference"),
    path("standards/<int:pk>/publish/", views.standard_publish, name="publish"),
    path("assessments/", assessment_views.assessment_list, name="assessments"),
    path("assessments/start/", assessment_views.assessment_start, name="assess"),
    path("assessments/compare/", assessment_views.assessment_compare, name="compare"),
    path("assessments/<int:pk>/", assessment_views.assessment_detail, name="assessment"),
    path("assessments/<int:pk>/close/", assessment_views.assessment_close, name="close"),
]
