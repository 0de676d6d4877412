"""The audit log in the admin: to read, for nobody to write."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from webapp.audit.models import Entry
from webapp.common.ago import ago

COLOURS = {
    "add": "success",
    "change": "info",
    "delete": "danger",
    "purge": "danger",
    "cancel": "warning",
    "pause": "warning",
    "drain": "warning",
    "restart": "warning",
    "revoke": "warning",
    "login-failed": "danger",
}


@admin.register(Entry)
class EntryAdmin(ModelAdmin):  # type: ignore[misc]
    """Who did what, when: the latest first."""

    list_display = ("when", "who", "shown_verb", "target", "said", "address")
    list_display_links = ("when",)
    list_filter = (
        "at",
        ("verb", admin.AllValuesFieldListFilter),
        ("target_kind", admin.AllValuesFieldListFilter),
        ("name", admin.AllValuesFieldListFilter),
    )
    search_fields = ("name", "address", "verb", "target_id", "target_label", "details")
    search_help_text = "Account, address, verb, id or name of what was changed, or anything in the details"
    fields = ("at", "who", "address", "verb", "target_kind", "target_id", "target_label", "pretty")
    readonly_fields = fields
    actions = None
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="when", ordering="at")
    def when(self, entry: Entry) -> str:
        """How long ago."""
        return ago(entry.at)

    @admin.display(description="who", ordering="name", empty_value="the house")
    def who(self, entry: Entry) -> str | None:
        """The account's name."""
        return entry.name or None

    @display(description="did", label=COLOURS, ordering="verb")  # type: ignore[untyped-decorator]
    def shown_verb(self, entry: Entry) -> str:
        """What was done, coloured."""
        return entry.verb

    @admin.display(description="to what", ordering="target_kind")
    def target(self, entry: Entry) -> str:
        """What it was done to."""
        return f"{entry.target_kind} {entry.target_label or entry.target_id}".strip()

    @admin.display(description="details")
    def said(self, entry: Entry) -> str:
        """The details in one line."""
        changes = entry.details.get("changes")
        if isinstance(changes, dict):
            return ", ".join(map(_change, changes.items()))[:160]
        return ", ".join(f"{name}: {_plain(value)}" for name, value in entry.details.items())[:160]

    @admin.display(description="details")
    def pretty(self, entry: Entry) -> str:
        """All details as JSON."""
        return json.dumps(entry.details, indent=2, ensure_ascii=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The site adds them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes them."""
        return False


def _change(change: tuple[str, Any]) -> str:
    name, values = change
    if isinstance(values, list) and len(values) == 2:
        before, after = ("nothing" if value in (None, "") else str(value) for value in values)
        return f"{name}: {before} → {after}"
    return f"{name}: {values}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in value.items()) or "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
