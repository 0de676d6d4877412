"""API tokens in the admin: who holds which, and an end to them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from webapp.accounts.models import Token


@admin.register(Token)
class TokenAdmin(ModelAdmin):  # type: ignore[misc]
    """Tokens of accounts; their secrets are nowhere."""

    list_display = ("name", "prefix", "account", "scopes", "here", "created", "expires_at", "last_used", "revoked_at")
    list_filter = ("account", "expires_at")
    search_fields = ("name", "prefix", "account__username")
    list_select_related = ("account",)
    exclude = ("secret_hash",)
    actions = ("revoke",)

    @admin.display(description="open", boolean=True)
    def here(self, token: Token) -> bool:
        """Whether it still opens anything."""
        return token.open

    @admin.action(description="Revoke", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """End tokens for good."""
        ended = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, f"{ended} revoked.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Their people make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are ended, not changed."""
        return False
