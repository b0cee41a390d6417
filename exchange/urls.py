from django.urls import path

from exchange import views
from exchange.rosters import views as rosters

app_name = "exchange"
urlpatterns = [
    path("exchange/imports/", views.import_list, name="imports"),
    path("exchange/imports/upload/", views.upload, name="upload"),
    path("exchange/imports/<int:pk>/", views.import_detail, name="import"),
    path("exchange/imports/<int:pk>/apply/", views.import_apply, name="import-apply"),
    path("exchange/imports/<int:pk>/choose/", views.import_choose, name="import-choose"),
    path("exchange/imports/<int:pk>/abandon/", views.import_abandon, name="import-abandon"),
    path("exchange/imports/<int:pk>/files/<int:file_pk>/marked/", views.import_marked, name="import-marked"),
    path("exchange/rosters/<str:kind>/upload/", rosters.start, name="roster-start"),
    path("exchange/rosters/<str:kind>/template/", rosters.template, name="roster-template"),
    path("exchange/rosters/<int:pk>/", rosters.detail, name="roster"),
    path("exchange/rosters/<int:pk>/apply/", rosters.apply, name="roster-apply"),
    path("exchange/rosters/<int:pk>/abandon/", rosters.abandon, name="roster-abandon"),
    path("exchange/rosters/<int:pk>/passwords/", rosters.passwords, name="roster-passwords"),
    path("exchange/rosters/<int:pk>/renew/", rosters.renew, name="roster-renew"),
]
