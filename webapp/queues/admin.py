"""Workers, queues and the live queue page in the admin."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.generic import TemplateView
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import UnfoldModelAdminViewMixin

from webapp.common.ago import ago
from webapp.common.read_only import ReadOnly
from webapp.queues.live import SEES, may, message, parts, sees
from webapp.queues.models import QueueSwitch, Worker
from webapp.queues.overview import overview
from webapp.queues.steering import SteerView


class LivePage(UnfoldModelAdminViewMixin, TemplateView):  # type: ignore[misc]
    """Queues, workers, what runs and what waits, throughput and failures; kept up to date over a socket."""

    title = "Queue"
    permission_required = SEES
    template_name = "admin/queues/live.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page's parts as they are now."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        numbers = overview()
        return context | {"at": numbers["at"], "parts": parts(numbers, may(self.request.user)).items()}


def numbers(request: HttpRequest) -> HttpResponse:
    """What the socket sends, for a page that cannot open one."""
    if not sees(request.user):
        raise PermissionDenied
    return HttpResponse(message(overview(), may(request.user)), content_type="application/json")


@admin.register(QueueSwitch)
class QueueSwitchAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Queues that are or were paused; they are steered from the live page."""

    list_display = ("queue", "paused")

    def get_urls(self) -> list[URLPattern]:
        """The live page, its numbers and its buttons beside the usual ones."""
        view = self.admin_site.admin_view
        return [
            path("live/", view(LivePage.as_view(model_admin=self)), name="queue_live"),
            path("live/numbers/", view(numbers), name="queue_numbers"),
            path("live/steer/", view(SteerView.as_view(admin_site=self.admin_site)), name="queue_steer"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A switch is turned, not deleted."""
        return False


@admin.register(Worker)
class WorkerAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Workers as they report themselves."""

    list_display = ("name", "here", "queues", "device", "loaded", "draining", "since", "seen")
    list_filter = ("draining",)
    search_fields = ("name", "host", "device")

    @display(description="alive", boolean=True)  # type: ignore[untyped-decorator]
    def here(self, worker: Worker) -> bool:
        """Whether it reported lately."""
        return worker.alive

    @admin.display(description="started", ordering="started")
    def since(self, worker: Worker) -> str:
        """When it came."""
        return ago(worker.started)

    @admin.display(description="last report", ordering="last_seen")
    def seen(self, worker: Worker) -> str:
        """When it was last heard of."""
        return ago(worker.last_seen)
