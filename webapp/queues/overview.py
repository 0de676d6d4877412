"""The queue as tables."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from webapp.queues.selectors import paused, workers
from webapp.runs.models import ACTIVE, Job, Queue, State
from webapp.runs.order import waiting

SHOWN = 100
"""Jobs that a table lists at most."""


def overview() -> dict[str, Any]:
    """What the admin's live page shows."""
    return {"counts": counts(), "queued": queued(), "active": active(), "workers": workers(), "paused": paused()}


def counts() -> list[dict[str, Any]]:
    """How many jobs each queue holds in each state."""
    rows = Job.objects.order_by().values("queue", "state").annotate(count=Count("pk"))
    found = {(row["queue"], row["state"]): row["count"] for row in rows}
    return [
        {"queue": queue, "counts": [(state, found.get((queue, state), 0)) for state in State.values]}
        for queue in Queue.values
    ]


def queued() -> list[dict[str, Any]]:
    """Waiting jobs, queue by queue, the next one first."""
    rows = []
    for queue in Queue.values:
        jobs = waiting(queue).prefetch_related("results")[:SHOWN]
        rows += [_row(job) | {"position": place} for place, job in enumerate(jobs)]
    return rows


def active() -> list[dict[str, Any]]:
    """Jobs that a worker holds."""
    return [_row(job) for job in Job.objects.filter(state__in=ACTIVE).prefetch_related("results")[:SHOWN]]


def finished_lately(hours: int) -> list[int]:
    """How many jobs were finished in each of the last hours, the present one last."""
    now = timezone.now()
    times = Job.objects.filter(finished__gte=now - timedelta(hours=hours)).values_list("finished", flat=True)
    bins = [0] * hours
    for finished in times:
        if finished is not None:
            bins[hours - 1 - int((now - finished).total_seconds() // 3600)] += 1
    return bins


def _row(job: Job) -> dict[str, Any]:
    since = job.started or job.created
    return {
        "job": job,
        "methods": ", ".join(result.method for result in job.results.all()),
        "seconds": int((timezone.now() - since).total_seconds()),
    }
