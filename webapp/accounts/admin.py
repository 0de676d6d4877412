"""API tokens in the admin: who holds which, and an end to them."""

from django.contrib import admin

from webapp.accounts.models import Token
from webapp.common.revoking import RevokingAdmin


@admin.register(Token)
class TokenAdmin(RevokingAdmin):
    """Tokens of accounts; their secrets are nowhere."""

    list_display = ("name", "prefix", "account", "scopes", "here", "created", "expires_at", "last_used", "revoked_at")
    list_filter = ("account", "expires_at")
    search_fields = ("name", "prefix", "account__username")
    list_select_related = ("account",)
