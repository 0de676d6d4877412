"""Runs, jobs and results."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """The app."""

    name = "webapp.runs"
    verbose_name = "Runs"
