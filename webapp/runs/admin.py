"""Runs, jobs and results in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from webapp.runs import services
from webapp.runs.line import positions
from webapp.runs.models import ACTIVE, Job, Result, Run, State, Transition

COLOURS = {
    State.QUEUED: "info",
    State.LEASED: "warning",
    State.RUNNING: "warning",
    State.DONE: "success",
    State.FAILED: "danger",
}


class ReadOnly:
    """Rows that the site alone makes and changes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site adds them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site changes them."""
        return False


def _problem(row: Job | Result) -> str:
    return str((row.problem or {}).get("detail", ""))


class ResultInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """The results of a job."""

    model = Result
    fields = ("method", "state", "seconds", "size", "said")
    readonly_fields = fields
    extra = 0

    @admin.display(description="problem")
    def said(self, result: Result) -> str:
        """Why there is none."""
        return _problem(result)


class TransitionInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """Every step of a job and its results: when, from where to where, why, and at whose hands."""

    model = Transition
    verbose_name_plural = "steps"
    fields = ("at", "what", "before", "after", "reason", "worker")
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transition]:
        """With the results that they concern, for the methods' names."""
        rows: QuerySet[Transition] = super().get_queryset(request)
        return rows.select_related("result")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened has happened."""
        return False

    @admin.display(description="of")
    def what(self, step: Transition) -> str:
        """The job, or the result's method."""
        return step.result.method if step.result else "job"


class JobInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """The jobs of a run."""

    model = Job
    fields = ("model", "queue", "state", "attempts", "created", "finished")
    readonly_fields = fields
    extra = 0
    show_change_link = True


@admin.register(Run)
class RunAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What people asked for."""

    list_display = ("label", "id", "account", "created", "seq")
    search_fields = ("id", "label")
    list_filter = ("created",)
    inlines = (JobInline,)
    exclude = ("owner", "address")


@admin.register(Job)
class JobAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """What is queued, leased, running or over; cancelled and tried again from here."""

    list_display = ("id", "shown_state", "queue", "place", "model", "methods", "attempts", "worker", "created", "said")
    list_filter = ("state", "queue", "model", "created")
    search_fields = ("id", "run__id", "model")
    list_select_related = ("run",)
    inlines = (ResultInline, TransitionInline)
    exclude = ("owner", "token")
    actions = ("cancel", "retry")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """With their results, for the methods' names."""
        rows: QuerySet[Job] = super().get_queryset(request)
        return rows.prefetch_related("results").order_by("-created")

    @display(description="state", label=COLOURS, ordering="state")  # type: ignore[untyped-decorator]
    def shown_state(self, job: Job) -> str:
        """The state, coloured."""
        return job.state

    @admin.display(description="position")
    def place(self, job: Job) -> str:
        """How many jobs are ahead in the queue."""
        return str(positions({job.pk}).get(job.pk, "")) if job.state == State.QUEUED else ""

    @admin.display(description="methods")
    def methods(self, job: Job) -> str:
        """What it computes."""
        return ", ".join(result.method for result in job.results.all())

    @admin.display(description="problem")
    def said(self, job: Job) -> str:
        """Why it failed."""
        return _problem(job)

    @admin.action(description="Cancel")
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel queued jobs now, and ask running ones to end."""
        waiting = sum(services.job_cancel_queued(job=job) for job in queryset.filter(state=State.QUEUED))
        asked = services.jobs_ask_to_end(jobs=queryset.filter(state__in=ACTIVE))
        messages.success(request, f"{waiting} cancelled, {asked} running asked to end.")

    @admin.action(description="Try again")
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queue failed and cancelled jobs once more."""
        again = sum(services.job_retry(job=job) for job in queryset)
        messages.success(request, f"{again} queued again.")
