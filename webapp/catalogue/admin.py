"""The catalogue in the admin: the allow-list is edited, the cards are read, models are tried and let go."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.decorators import display

from webapp.catalogue.errands import evict_ask, trial_ask
from webapp.catalogue.models import Allowed, Card, Errand, Method, Model, Tokenizer
from webapp.catalogue.trials_admin import COLOURS, alive
from webapp.runs.switching import model_off

ERRANDS = "/admin/catalogue/errand/"


class Tried:
    """Actions on rows that name a model by `key`: load it on trial, let it go from memory."""

    @admin.action(description="Test-load", permissions=["try"])
    def test_load(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseRedirect:
        """Have a worker load each, and show what comes of it."""
        for row in queryset:
            trial_ask(key=row.key)
        return HttpResponseRedirect(ERRANDS)

    @admin.action(description="Evict from the memory of every worker", permissions=["try"])
    def evict(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseRedirect:
        """Free what each fills, now or after the job that a worker is at."""
        made = [errand for row in queryset for errand in evict_ask(key=row.key, workers=alive())]
        if not made:
            messages.warning(request, "No worker is there, so nothing is in memory.")
        return HttpResponseRedirect(ERRANDS)

    def has_try_permission(self, request: HttpRequest) -> bool:
        """Whoever may add test-loads."""
        return bool(request.user.has_perm("catalogue.add_errand"))


@admin.register(Allowed)
class AllowedAdmin(Tried, ModelAdmin):  # type: ignore[misc]
    """Models and tokenizers that people may use, each with where it lies and its pinned revision."""

    list_display = ("key", "kind", "location", "revision", "enabled", "tried", "changed")
    list_filter = ("kind", "enabled")
    search_fields = ("key", "location")
    actions = ("test_load", "switch_on", "switch_off", "evict")

    @display(description="latest test-load", label=COLOURS)  # type: ignore[untyped-decorator]
    def tried(self, row: Allowed) -> str:
        """How its latest trial ended."""
        errand = Errand.objects.filter(key=row.key, kind=Errand.Kind.TRIAL).first()
        return errand.state if errand else ""

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Allowed]) -> None:
        """People may use them once a worker has published their cards."""
        messages.success(request, f"{queryset.filter(enabled=False).update(enabled=True)} switched on.")

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Allowed]) -> None:
        """People see them go; running jobs finish, queued ones fail and say why."""
        failed = sum(model_off(key=row.key) for row in queryset)
        messages.success(request, f"{queryset.count()} switched off; {failed} queued jobs failed with them.")

    def save_model(self, request: HttpRequest, obj: Allowed, form: Any, change: bool) -> None:
        """As usual; what is switched off here goes at once, too."""
        super().save_model(request, obj, form, change)
        if change and "enabled" in form.changed_data and not obj.enabled:
            model_off(key=obj.key)

    def delete_model(self, request: HttpRequest, obj: Allowed) -> None:
        """What is no longer allowed goes at once."""
        model_off(key=obj.key)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Allowed]) -> None:
        """What is no longer allowed goes at once."""
        for row in queryset:
            model_off(key=row.key)
        super().delete_queryset(request, queryset)


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


@admin.register(Model)
class ModelCardAdmin(Tried, CardAdmin):
    """A model's card."""

    actions = ("test_load", "evict")


admin.site.register([Method, Tokenizer], CardAdmin)
