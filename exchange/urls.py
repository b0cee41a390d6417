from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("exchange/imports/", views.import_list, name="imports"),
    path("exchange/imports/upload/", views.upload, name="upload"),
    path("exchange/imports/<int:pk>/", views.import_detail, name="import"),
    path("exchange/imports/<int:pk>/apply/", views.import_apply, name="import-apply"),
    path("exchange/imports/<int:pk>/choose/", views.import_choose, name="import-choose"),
    path("exchange/imports/<int:pk>/abandon/", views.import_abandon, name="import-abandon"),
    path("exchange/imports/<int:pk>/files/<int:file_pk>/marked/", views.import_marked, name="import-marked"),
]
