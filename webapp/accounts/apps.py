"""People with an account."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app."""

    name = "webapp.accounts"
    verbose_name = "Accounts"
