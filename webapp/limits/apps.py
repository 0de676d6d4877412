"""Limits per account, group and address, changed while the site runs."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """The app."""

    name = "webapp.limits"
    verbose_name = "Limits"
