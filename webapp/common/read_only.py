"""Rows that the admin shows and nobody types."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Mixin of a ModelAdmin or an inline: the site alone makes and changes its rows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site adds them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site changes them."""
        return False
