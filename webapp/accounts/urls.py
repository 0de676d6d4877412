"""Addresses of accounts."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from webapp.accounts import entry, pages

urlpatterns = [
    path("login", entry.Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(http_method_names=["post"]), name="logout"),
    path("signup", entry.signup, name="signup"),
    path("signup/<str:ticket>", entry.signup_confirm, name="signup_confirm"),
    path("password-reset", entry.Reset.as_view(), name="password_reset"),
    path("password-reset/sent", entry.ResetSent.as_view(), name="password_reset_done"),
    path("password-reset/done", entry.ResetDone.as_view(), name="password_reset_complete"),
    path("password-reset/<str:uidb64>/<str:token>", entry.ResetConfirm.as_view(), name="password_reset_confirm"),
    path("account", pages.overview, name="account"),
    path("account/runs", pages.runs, name="account_runs"),
    path("account/runs/<str:id>/delete", pages.run_delete, name="account_run_delete"),
    path("account/take-over", pages.take_over, name="account_take_over"),
    path("account/tokens", pages.token_list, name="account_tokens"),
    path("account/tokens/<str:id>/revoke", pages.token_revoke, name="account_token_revoke"),
    path("account/password", pages.Password.as_view(), name="password_change"),
]
