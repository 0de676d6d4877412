"""The admin, as an app."""

from django.contrib import admin
from django.contrib.admin import sites
from django.contrib.admin.apps import AdminConfig


class TesseraAdminConfig(AdminConfig):
    """Django's admin, drawn by unfold, on a site that writes down what is done."""

    def ready(self) -> None:
        """Put the site in place before the apps register their rows."""
        from webapp.audit.site import AuditedSite

        admin.site = sites.site = AuditedSite()
        super().ready()
