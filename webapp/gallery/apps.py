"""Worked questions, asked once by the house."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    """The app."""

    name = "webapp.gallery"
    verbose_name = "Gallery"
