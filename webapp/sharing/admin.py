"""Links in the admin."""

from django.contrib import admin

from webapp.common.revoking import RevokingAdmin
from webapp.sharing.models import Share


@admin.register(Share)
class ShareAdmin(RevokingAdmin):
    """Links to runs; their secrets are nowhere."""

    list_display = (
        *("id", "run", "note", "here", "embed", "views"),
        *("last_viewed", "created", "expires_at", "revoked_at"),
    )
    search_fields = ("id", "run__id", "note")
    list_select_related = ("run",)
