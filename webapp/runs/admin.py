"""Runs and jobs in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from webapp.audit.services import record
from webapp.common.ago import ago, duration
from webapp.common.read_only import ReadOnly
from webapp.runs import admin_filters as filters
from webapp.runs import steering
from webapp.runs.admin_inlines import COLOURS, JobInline, ResultInline, problem_of
from webapp.runs.admin_purge import PurgeView
from webapp.runs.line import position
from webapp.runs.models import Job, Run, State

STEP = 5
"""By how much a priority is raised and lowered."""


@admin.register(Run)
class RunAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What people asked for."""

    list_display = ("label", "id", "account", "asked")
    search_fields = ("id", "label", "account__username")
    list_filter = ("created",)
    list_select_related = ("account",)
    inlines = (JobInline,)
    exclude = ("owner",)

    @admin.display(description="asked", ordering="created")
    def asked(self, run: Run) -> str:
        """When."""
        return ago(run.created)


@admin.register(Job)
class JobAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What is queued, leased, running or over: filtered, searched, and steered from here."""

    list_display = (
        "shown",
        "shown_state",
        "where",
        "priority",
        "shown_model",
        "methods",
        "by",
        "asked",
        "took",
        "shortly",
    )
    ordering = ("-created", "-id")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("queue", ChoicesDropdownFilter),
        filters.ModelFilter,
        filters.MethodFilter,
        filters.ByFilter,
        filters.ReasonFilter,
        filters.AgeFilter,
        filters.WorkerFilter,
    )
    list_filter_submit = True
    list_select_related = ("run__account",)
    list_per_page = 50
    show_full_result_count = False
    list_before_template = "admin/runs/purge_link.html"
    search_fields = ("id__startswith", "run__id__startswith", "run__label", "model", "results__method")
    search_help_text = "Beginning of a job's or run's id, label, model or method"
    fields = (
        ("id", "shown_run"),
        ("by", "address"),
        ("shown_state", "where"),
        ("model", "methods"),
        ("priority", "worker"),
        ("attempts", "length"),
        ("asked", "begun"),
        ("ended", "took"),
        ("shown_cost", "shown_freed"),
        "said",
    )
    readonly_fields = tuple(name for row in fields for name in ([row] if isinstance(row, str) else row))
    inlines = (ResultInline,)
    change_form_outer_before_template = "admin/runs/job_buttons.html"
    change_form_outer_after_template = "admin/runs/steps.html"
    actions = ("cancel", "retry", "raise_priority", "lower_priority")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """With their results, for the methods' names."""
        rows: QuerySet[Job] = super().get_queryset(request)
        return rows.prefetch_related("results")

    def get_urls(self) -> list[URLPattern]:
        """The page to purge beside the usual ones."""
        purge = self.admin_site.admin_view(PurgeView.as_view(model_admin=self))
        return [path("purge/", purge, name="runs_job_purge"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """With every step that the job and its results took."""
        answer = super().change_view(request, object_id, *args, **kwargs)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            job = answer.context_data["original"]
            answer.context_data["steps"] = job.transitions.select_related("result") if job else []
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Jobs are purged, which heeds links and what runs."""
        return False

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Whether one may cancel."""
        return request.user.has_perm("runs.cancel_job")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether one may try again."""
        return request.user.has_perm("runs.retry_job")

    def has_prioritise_permission(self, request: HttpRequest) -> bool:
        """Whether one may change priorities."""
        return request.user.has_perm("runs.prioritise_job")

    @admin.display(description="job", ordering="created")
    def shown(self, job: Job) -> SafeString:
        """What it was called, and how its id begins."""
        return format_html('<span title="{}">{}</span>', job.pk, job.run.label or job.pk[:8])

    @display(description="state", label=COLOURS, ordering="state")  # type: ignore[untyped-decorator]
    def shown_state(self, job: Job) -> str:
        """The state, coloured."""
        return job.state

    @admin.display(description="queue", ordering="queue")
    def where(self, job: Job) -> str:
        """The queue, and how many jobs are ahead in it."""
        ahead = position(job) if job.state == State.QUEUED else None
        return job.queue if ahead is None else f"{job.queue}, {ahead} ahead"

    @admin.display(description="model", ordering="model")
    def shown_model(self, job: Job) -> str:
        """The model, or that it needs none."""
        return job.model or "none"

    @admin.display(description="methods")
    def methods(self, job: Job) -> str:
        """What it computes."""
        return ", ".join(result.method for result in job.results.all())

    @admin.display(description="asked by")
    def by(self, job: Job) -> str:
        """The account, or how the cookie's id begins."""
        return job.run.account.get_username() if job.run.account else f"cookie {job.run.owner[:8]}…"

    @admin.display(description="address (hashed)")
    def address(self, job: Job) -> str:
        """Where it was asked from: enough to filter by."""
        return job.run.address

    @admin.display(description="asked", ordering="created")
    def asked(self, job: Job) -> str:
        """When it was asked for."""
        return ago(job.created)

    @admin.display(description="started", ordering="started", empty_value="–")
    def begun(self, job: Job) -> str | None:
        """When it was begun."""
        return ago(job.started) if job.started else None

    @admin.display(description="ended", ordering="finished", empty_value="–")
    def ended(self, job: Job) -> str | None:
        """When it ended."""
        return ago(job.finished) if job.finished else None

    @admin.display(description="took", empty_value="")
    def took(self, job: Job) -> str | None:
        """From its start to its end."""
        return duration((job.finished - job.started).total_seconds()) if job.started and job.finished else None

    @admin.display(description="run")
    def shown_run(self, job: Job) -> SafeString:
        """What it belongs to."""
        return format_html('<a class="ts-link" href="/admin/runs/run/{}/change/">{}</a>', job.run_id, job.run)

    @admin.display(description="expected cost", empty_value="–")
    def shown_cost(self, job: Job) -> str | None:
        """What was expected when it was asked for."""
        return ", ".join(f"{name}: {value}" for name, value in job.cost.items()) if job.cost else None

    @admin.display(description="freed by cancelling", empty_value="–")
    def shown_freed(self, job: Job) -> str | None:
        """How much memory came back."""
        return None if job.freed is None else filesizeformat(job.freed)

    @admin.display(description="problem", empty_value="")
    def said(self, job: Job) -> str | None:
        """Why it failed."""
        return problem_of(job) or None

    @admin.display(description="problem", empty_value="")
    def shortly(self, job: Job) -> SafeString | None:
        """Why it failed, in a few words; the rest on hover."""
        said = problem_of(job)
        return format_html('<span title="{}">{}</span>', said, Truncator(said).chars(48)) if said else None

    @admin.action(description="Cancel", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel queued jobs now, and ask running ones to end."""
        cancelled, asked = steering.jobs_cancel(jobs=queryset)
        messages.success(request, f"{cancelled} cancelled, {asked} running asked to end.")

    @admin.action(description="Try again", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queue failed and cancelled jobs once more."""
        messages.success(request, f"{steering.jobs_retry(jobs=queryset)} queued again.")

    @admin.action(description=f"Raise the priority by {STEP}", permissions=["prioritise"])
    def raise_priority(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queued jobs go before others."""
        self._prioritise(request, queryset, STEP)

    @admin.action(description=f"Lower the priority by {STEP}", permissions=["prioritise"])
    def lower_priority(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queued jobs let others go first."""
        self._prioritise(request, queryset, -STEP)

    def _prioritise(self, request: HttpRequest, queryset: QuerySet[Job], by: int) -> None:
        changed = steering.jobs_prioritise(jobs=queryset, by=by)
        for job, before in changed:
            record(request, "prioritise", job, {"changes": {"priority": [before, job.priority]}})
        messages.success(request, f"The priority of {len(changed)} changed; only queued jobs have one that counts.")
