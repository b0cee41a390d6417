from django.urls import path

from accounts.views import administration, own_account, second_factor, signing_in, tokens
from accounts.views import administration_steps as steps

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign-in-code"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("first-run/", signing_in.first_run, name="first-run"),
    path("account/", own_account.account, name="account"),
    path("account/password/", own_account.password, name="password"),
    path("account/second-factor/", second_factor.second_factor, name="second-factor"),
    path("account/second-factor/confirm/", second_factor.confirm, name="second-factor-confirm"),
    path("account/second-factor/codes/", second_factor.new_codes, name="second-factor-codes"),
    path("account/second-factor/remove/", second_factor.remove, name="second-factor-remove"),
    path("account/tokens/new/", tokens.token_new, name="token-new"),
    path("account/tokens/<int:pk>/end/", tokens.token_end, name="token-end"),
    path("accounts/", administration.user_list, name="user-list"),
    path("accounts/new/", administration.user_new, name="user-new"),
    path("accounts/events/", administration.event_list, name="event-list"),
    path("accounts/<int:pk>/", administration.user, name="user"),
    path("accounts/<int:pk>/edit/", steps.user_edit, name="user-edit"),
    path("accounts/<int:pk>/roles/", steps.user_roles, name="user-roles"),
    path("accounts/<int:pk>/grants/", steps.user_grant, name="user-grant"),
    path(
        "accounts/<int:pk>/grants/organisation/",
        steps.user_grant_organisation,
        name="user-grant-organisation",
    ),
    path("accounts/<int:pk>/grants/households/", steps.user_grant_households, name="user-grant-households"),
    path("accounts/<int:pk>/grants/<int:grant>/end/", steps.user_grant_end, name="user-grant-end"),
    path("accounts/<int:pk>/hand-over/", steps.user_hand_over, name="user-hand-over"),
    path("accounts/<int:pk>/reset/", steps.user_reset, name="user-reset"),
    path("accounts/<int:pk>/second-factor/reset/", second_factor.reset, name="user-factor-reset"),
    path("accounts/<int:pk>/sign-out/", steps.user_sign_out, name="user-sign-out"),
    path("accounts/<int:pk>/close/", steps.user_close, name="user-close"),
    path("accounts/<int:pk>/reopen/", steps.user_reopen, name="user-reopen"),
]
