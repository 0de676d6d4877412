"""Workers, queues and the live queue page in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.views.generic import TemplateView
from unfold.admin import ModelAdmin
from unfold.views import UnfoldModelAdminViewMixin

from webapp.queues.models import QueueSwitch, Worker
from webapp.queues.overview import overview


class QueuePage(UnfoldModelAdminViewMixin, TemplateView):  # type: ignore[misc]
    """Jobs by queue and state, who waits at which place, what runs, and the workers; drawn again every 5 s."""

    title = "Queue"
    permission_required = ("runs.view_job",)
    template_name = "admin/queues/live.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page's numbers."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | overview()


@admin.register(QueueSwitch)
class QueueSwitchAdmin(ModelAdmin):  # type: ignore[misc]
    """Queues that are paused."""

    list_display = ("queue", "paused")

    def get_urls(self) -> list[URLPattern]:
        """The live page beside the usual ones."""
        live = self.admin_site.admin_view(QueuePage.as_view(model_admin=self))
        return [path("live/", live, name="queue_live"), *super().get_urls()]


@admin.register(Worker)
class WorkerAdmin(ModelAdmin):  # type: ignore[misc]
    """Workers as they report themselves."""

    list_display = ("name", "here", "queues", "started", "last_seen")

    @admin.display(description="alive", boolean=True)
    def here(self, worker: Worker) -> bool:
        """Whether it reported lately."""
        return worker.alive

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Workers add themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Workers change themselves."""
        return False
