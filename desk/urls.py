from django.urls import path

from desk.views import (
    audit,
    by_hand,
    clearing,
    entry,
    exports,
    household,
    households,
    restoring,
    secrets,
    villages,
    years,
)

app_name = "desk"
urlpatterns = [
    path("households/", households.household_list, name="household-list"),
    path("households/search/", households.household_search, name="search"),
    path("households/suggestions/", households.household_suggestions, name="suggestions"),
    path("households/export/", exports.household_export, name="household-export"),
    path("households/<str:number>/", household.household_detail, name="household-detail"),
    path("households/<str:number>/history/", household.household_history, name="household-history"),
    path("households/<str:number>/restore/", restoring.household_restore, name="household-restore"),
    path("households/<str:number>/judge/", by_hand.household_judge, name="household-judge"),
    path("households/<str:number>/years/<int:year>/edit/", entry.household_edit, name="household-edit"),
    path(
        "households/<str:number>/years/<int:year>/verdict/",
        entry.household_live_verdict,
        name="household-verdict",
    ),
    path("demonstration/clear/", clearing.clear_demonstration, name="clear-demonstration"),
    path("households/<str:number>/secrets/<int:secret>/reveal/", secrets.reveal, name="reveal"),
    path("households/<str:number>/secrets/<int:secret>/compare/", secrets.compare, name="compare"),
    path("years/", years.years, name="years"),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/export/", audit.audit_export, name="audit-export"),
    path("audit/seals/", audit.audit_seals, name="audit-seals"),
    path("audit/changes/<int:pk>/", audit.audit_change, name="audit-change"),
    path("audit/events/<int:pk>/", audit.audit_event, name="audit-event"),
    path("villages/", villages.village_list, name="village-list"),
    path("villages/<str:code>/", villages.village_detail, name="village-detail"),
    path("villages/<str:code>/history/", villages.village_history, name="village-history"),
    path("villages/<str:code>/restore/", restoring.village_restore, name="village-restore"),
    path("villages/<str:code>/judge/", by_hand.village_judge, name="village-judge"),
]
