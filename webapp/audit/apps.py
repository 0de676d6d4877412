"""What administrators did."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app."""

    name = "webapp.audit"
    verbose_name = "Audit log"
