from django.urls import path

from accounts.views import administration, own_account, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("first-run/", signing_in.first_run, name="first-run"),
    path("account/", own_account.account, name="account"),
    path("account/password/", own_account.password, name="password"),
    path("accounts/", administration.user_list, name="user-list"),
    path("accounts/new/", administration.user_new, name="user-new"),
    path("accounts/events/", administration.event_list, name="event-list"),
    path("accounts/<int:pk>/", administration.user, name="user"),
    path("accounts/<int:pk>/roles/", administration.user_roles, name="user-roles"),
    path("accounts/<int:pk>/grants/", administration.user_grant, name="user-grant"),
    path("accounts/<int:pk>/grants/<int:grant>/end/", administration.user_grant_end, name="user-grant-end"),
    path("accounts/<int:pk>/reset/", administration.user_reset, name="user-reset"),
    path("accounts/<int:pk>/close/", administration.user_close, name="user-close"),
    path("accounts/<int:pk>/reopen/", administration.user_reopen, name="user-reopen"),
]
