"""Links in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from webapp.sharing.models import Share


@admin.register(Share)
class ShareAdmin(ModelAdmin):  # type: ignore[misc]
    """Links to runs; their secrets are nowhere."""

    list_display = ("id", "run", "note", "here", "views", "last_viewed", "created", "expires_at", "revoked_at")
    search_fields = ("id", "run__id", "note")
    list_select_related = ("run",)
    exclude = ("secret_hash",)
    actions = ("revoke",)

    @admin.display(description="open", boolean=True)
    def here(self, share: Share) -> bool:
        """Whether it still leads anywhere."""
        return share.open

    @admin.action(description="Revoke", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        """End links for good."""
        ended = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, f"{ended} revoked.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Owners of runs make links."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Links are ended, not changed."""
        return False
