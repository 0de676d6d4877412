"""The pages that place the frontend's elements."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The app."""

    name = "webapp.pages"
    verbose_name = "Pages"
