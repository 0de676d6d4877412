"""The catalogue in the admin: the allow-list is edited, the cards are read."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from webapp.catalogue.models import Allowed, Card, Method, Model, Tokenizer


@admin.register(Allowed)
class AllowedAdmin(ModelAdmin):  # type: ignore[misc]
    """Models and tokenizers that people may use, each with where it lies and its pinned revision."""

    list_display = ("key", "kind", "location", "revision", "enabled", "changed")
    list_filter = ("kind", "enabled")
    search_fields = ("key", "location")


class CardAdmin(ModelAdmin):  # type: ignore[misc]
    """A card as a worker published it; nobody edits it here."""

    list_display = ("key", "summary", "here", "last_seen")
    search_fields = ("key",)
    fields = ("key", "here", "last_seen", "pretty")
    readonly_fields = fields

    @admin.display(description="available", boolean=True)
    def here(self, card: Card) -> bool:
        """Whether a worker that can run it was seen lately, and nothing is missing."""
        return card.available and not card.card.get("missing")

    @admin.display(description="summary")
    def summary(self, card: Card) -> str:
        """What it says of itself, or what is missing."""
        text: str = card.card.get("missing") or card.card.get("summary") or card.card.get("name", "")
        return text

    @admin.display(description="card")
    def pretty(self, card: Card) -> str:
        """The card as JSON."""
        return json.dumps(card.card, indent=2, ensure_ascii=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Workers add cards."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Workers change cards."""
        return False


admin.site.register([Method, Model, Tokenizer], CardAdmin)
