"""Secrets that people hold, links and tokens, in the admin: nobody makes or changes them there, only ends them."""

from typing import Any, Protocol, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin


class Revocable(Protocol):
    """A row with the time at which it was ended, if it was, and whether it still opens anything."""

    open: bool


class RevokingAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows of people who hold a secret, of which only the hash is kept."""

    exclude = ("secret_hash",)
    actions = ("revoke",)

    @admin.display(description="open", boolean=True)
    def here(self, row: Model) -> bool:
        """Whether it still opens anything."""
        return cast(Revocable, row).open

    @admin.action(description="Revoke", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End them for good."""
        ended = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, f"{ended} revoked.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Their people make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are ended, not changed."""
        return False
