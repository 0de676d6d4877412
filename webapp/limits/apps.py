"""Limits per account, group and address."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """The app."""

    name = "webapp.limits"
    verbose_name = "Limits"
