"""Rows that the admin shows on the page of another: jobs of a run, results of a job."""

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from unfold.admin import TabularInline
from unfold.decorators import display

from webapp.common.ago import duration
from webapp.common.read_only import ReadOnly
from webapp.runs.models import Job, Result, State

COLOURS = {
    State.QUEUED: "info",
    State.LEASED: "warning",
    State.RUNNING: "warning",
    State.DONE: "success",
    State.FAILED: "danger",
}


def problem_of(row: Job | Result) -> str:
    """What a row's problem says; empty without one."""
    return str((row.problem or {}).get("detail", ""))


class ResultInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """The results of a job."""

    model = Result
    fields = ("method", "shown_state", "took", "bytes", "fault", "said")
    readonly_fields = fields
    extra = 0
    can_delete = False
    hide_title = True

    @display(description="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, result: Result) -> str:
        """The state, coloured."""
        return result.state

    @admin.display(description="took", empty_value="–")
    def took(self, result: Result) -> str | None:
        """How long it was computed."""
        return None if result.seconds is None else duration(result.seconds)

    @admin.display(description="size")
    def bytes(self, result: Result) -> str:
        """How much is kept of it."""
        return filesizeformat(result.size) if result.size else "–"

    @admin.display(description="problem")
    def said(self, result: Result) -> str:
        """Why there is none."""
        return problem_of(result)


class JobInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """The jobs of a run."""

    model = Job
    fields = ("model", "queue", "shown_state", "attempts", "created", "took", "said")
    readonly_fields = fields
    extra = 0
    show_change_link = True
    can_delete = False

    @display(description="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, job: Job) -> str:
        """The state, coloured."""
        return job.state

    @admin.display(description="took", empty_value="–")
    def took(self, job: Job) -> str | None:
        """From its start to its end."""
        return duration((job.finished - job.started).total_seconds()) if job.started and job.finished else None

    @admin.display(description="problem")
    def said(self, job: Job) -> str:
        """Why it failed."""
        return problem_of(job)
