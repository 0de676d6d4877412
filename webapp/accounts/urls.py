"""Addresses of accounts."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from webapp.accounts import entry, pages

form = require_http_methods(["GET", "HEAD", "POST"])
"""Django's views of forms take PUT, too, and some answer anything; nobody needs that."""

urlpatterns = [
    path("login", form(entry.Login.as_view()), name="login"),
    path("logout", require_POST(LogoutView.as_view()), name="logout"),
    path("signup", entry.signup, name="signup"),
    path("signup/<str:ticket>", entry.signup_confirm, name="signup_confirm"),
    path("password-reset", form(entry.Reset.as_view()), name="password_reset"),
    path("password-reset/sent", require_safe(entry.ResetSent.as_view()), name="password_reset_done"),
    path("password-reset/done", require_safe(entry.ResetDone.as_view()), name="password_reset_complete"),
    path("password-reset/<str:uidb64>/<str:token>", form(entry.ResetConfirm.as_view()), name="password_reset_confirm"),
    path("account", pages.overview, name="account"),
    path("account/runs", pages.runs, name="account_runs"),
    path("account/runs/<str:id>/delete", pages.run_delete, name="account_run_delete"),
    path("account/take-over", pages.take_over, name="account_take_over"),
    path("account/tokens", pages.token_list, name="account_tokens"),
    path("account/tokens/<str:id>/revoke", pages.token_revoke, name="account_token_revoke"),
    path("account/password", form(pages.Password.as_view()), name="password_change"),
]
