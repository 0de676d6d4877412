"""The admin, as an app."""

from django.contrib.admin.apps import AdminConfig


class TesseraAdminConfig(AdminConfig):
    """Django's admin, drawn by unfold."""
