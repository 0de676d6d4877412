"""Limits in the admin: rows that differ from the house's, and what is in force for somebody."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.generic import FormView
from unfold.admin import ModelAdmin
from unfold.views import UnfoldModelAdminViewMixin

from webapp.limits.forms import LimitForm, WhoForm
from webapp.limits.models import Limit
from webapp.limits.usage import usage

HASH = 24


class InForcePage(UnfoldModelAdminViewMixin, FormView):  # type: ignore[misc, type-arg]
    """The limits in force for an account, an address or nobody in particular, and how much of them is used."""

    title = "Limits in force"
    permission_required = ("limits.view_limit",)
    template_name = "admin/limits/in_force.html"
    form_class = WhoForm

    def form_valid(self, form: WhoForm) -> HttpResponse:
        """On to the page of whom was meant; its address holds an id or a hash, never what was typed."""
        return HttpResponseRedirect(f"{self.request.path}?{urlencode(form.cleaned_data['who'])}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whose limits, and the rows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = self.request.GET.get("account", "")
        account = User.objects.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() else None
        address = "" if account else self.request.GET.get("address", "")[:HASH]
        rows = usage(account=account.pk if account else None, address=address)
        return context | {"account": account, "address": address, "rows": rows}


@admin.register(Limit)
class LimitAdmin(ModelAdmin):  # type: ignore[misc]
    """Limits that differ from the house's; a change counts from the next request on."""

    form = LimitForm
    list_display = ("name", "value", "shown_subject", "note", "changed")
    list_filter = ("scope", "name")
    search_fields = ("account__username", "group__name", "address", "note")
    list_select_related = ("account", "group")
    autocomplete_fields = ("account", "group")

    @admin.display(description="for", ordering="scope")
    def shown_subject(self, limit: Limit) -> str:
        """For whom it is."""
        return limit.subject

    def get_urls(self) -> list[URLPattern]:
        """The page of what is in force beside the usual ones."""
        page = self.admin_site.admin_view(InForcePage.as_view(model_admin=self))
        return [path("in-force/", page, name="limits_in_force"), *super().get_urls()]
