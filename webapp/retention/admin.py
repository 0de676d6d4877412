"""Retention in the admin: what is kept for how long, what would be deleted now, and what was."""

import logging
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.generic import TemplateView
from unfold.admin import ModelAdmin
from unfold.views import UnfoldModelAdminViewMixin

from webapp.audit.services import record
from webapp.catalogue.errands import free_queue
from webapp.config.celery import app
from webapp.retention.models import Cleaning
from webapp.retention.services import TASK, plan

logger = logging.getLogger("tessera.retention")

LOG = "/admin/retention/cleaning/"
MIB = 2**20


class PlanPage(UnfoldModelAdminViewMixin, TemplateView):  # type: ignore[misc]
    """What a cleaning would delete now (it deletes nothing), and a button that starts one."""

    title = "Retention"
    permission_required = ("retention.view_cleaning",)
    template_name = "admin/retention/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The plan, and when it was last carried out."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"rows": plan(), "last": Cleaning.objects.first()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have a worker clean now."""
        if not request.user.has_perm("retention.add_cleaning"):
            return HttpResponse(status=403)
        queue = free_queue()
        if queue is None:
            messages.error(request, "No worker is there; the house cleans up once one is.")
            return HttpResponseRedirect(request.path)
        try:
            app.send_task(TASK, kwargs={"now": True}, queue=queue, retry=False, ignore_result=True)
        except Exception:
            logger.warning("the broker did not take the wish to clean up", exc_info=True)
            messages.error(request, "Redis does not answer; the house cleans up within the next hours.")
            return HttpResponseRedirect(request.path)
        record(request, "clean now")
        messages.success(request, "A worker was asked to clean up; what it deleted stands here once it is done.")
        return HttpResponseRedirect(LOG)


@admin.register(Cleaning)
class CleaningAdmin(ModelAdmin):  # type: ignore[misc]
    """What was deleted when."""

    list_display = ("started", "what", "megabytes", "took", "worker", "rest")
    list_filter = ("started",)
    fields = ("started", "finished", "worker", "what", "megabytes", "rest", "runs")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """The plan beside the usual pages."""
        page = self.admin_site.admin_view(PlanPage.as_view(model_admin=self))
        return [path("plan/", page, name="retention_plan"), *super().get_urls()]

    @admin.display(description="deleted")
    def what(self, cleaning: Cleaning) -> str:
        """How many of what."""
        said = [f"{count} {name.replace('_', ' ')}" for name, count in cleaning.counts.items()]
        return ", ".join(said) or ("nothing" if cleaning.finished else "at it")

    @admin.display(description="MiB freed")
    def megabytes(self, cleaning: Cleaning) -> str:
        """Of files."""
        return f"{cleaning.bytes / MIB:.1f}"

    @admin.display(description="took")
    def took(self, cleaning: Cleaning) -> str:
        """Seconds."""
        return f"{(cleaning.finished - cleaning.started).total_seconds():.1f} s" if cleaning.finished else ""

    @admin.display(description="rest")
    def rest(self, cleaning: Cleaning) -> str:
        """Whether its time was over before it was done."""
        return "at the next round" if cleaning.left else "none" if cleaning.finished else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Workers write the log."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Workers write the log."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is deleted when it is old."""
        return False
