"""What administrators did."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app."""

    name = "webapp.audit"
    verbose_name = "Audit log"

    def ready(self) -> None:
        """Listen to who comes and goes."""
        from webapp.audit import signals  # noqa: F401
