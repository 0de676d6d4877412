"""What the workers can run."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The app."""

    name = "webapp.catalogue"
    verbose_name = "Catalogue"
