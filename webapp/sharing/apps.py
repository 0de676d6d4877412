"""Links to runs."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """The app."""

    name = "webapp.sharing"
    verbose_name = "Sharing"
