"""Texts and images as people gave them."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """The app."""

    name = "webapp.uploads"
    verbose_name = "Uploads"
