"""What is deleted when."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """The app."""

    name = "webapp.retention"
    verbose_name = "Retention"
