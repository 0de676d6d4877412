"""Purging jobs by the filters of their list: what would go is counted and said before anything does."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views import View

from webapp.audit.services import record
from webapp.runs.models import Job
from webapp.runs.steering import Purge, jobs_purge, purge_counts

AT_MOST = 2000
"""Jobs that one press of the button purges; whoever wants more presses again."""


class PurgeView(PermissionRequiredMixin, View):
    """GET counts what the filters match; POST purges what of it was there when that page was drawn."""

    http_method_names = ["get", "post"]
    permission_required = ("runs.purge_job",)
    raise_exception = True
    model_admin: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self._ask(request, timezone.now())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Purge, and ask again while there is more."""
        until = _moment(request.POST.get("until", ""))
        if until is None:
            return self._ask(request, timezone.now())
        done = jobs_purge(jobs=self._jobs(request, until), at_most=AT_MOST)
        filters = dict(request.GET.items())
        counts = {"cancelled": done.cancelled, "deleted": done.deleted, "kept for a link": done.shared}
        target = ("jobs", "", f"{done.cancelled + done.deleted} jobs")
        record(request, "purge", target, {"filters": filters, **counts, "asked for until": until})
        said = f"{done.deleted} deleted, {done.cancelled} cancelled."
        if done.left:
            messages.warning(request, f"{said} There are more: purge on.")
            return self._ask(request, until)
        messages.success(request, said)
        return HttpResponseRedirect("/admin/runs/job/")

    def _jobs(self, request: HttpRequest, until: datetime) -> QuerySet[Job]:
        """What the list shows with these filters and this search, all pages of it."""
        changes = self.model_admin.get_changelist_instance(request)
        ids = changes.get_queryset(request).order_by().values("pk")
        return Job.objects.filter(pk__in=ids, created__lte=until)

    def _ask(self, request: HttpRequest, until: datetime) -> HttpResponse:
        counts: Purge = purge_counts(jobs=self._jobs(request, until))
        context = self.model_admin.admin_site.each_context(request) | {
            "title": "Purge jobs",
            "opts": Job._meta,
            "filters": [(name.replace("__exact", "").replace("_", " "), value) for name, value in request.GET.items()],
            "query": request.GET.urlencode(),
            "counts": counts,
            "until": until.isoformat(),
            "at_most": AT_MOST,
        }
        return TemplateResponse(request, "admin/runs/purge.html", context)


def _moment(text: str) -> datetime | None:
    """A moment with its zone, as the form carries it; None for anything else."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None
