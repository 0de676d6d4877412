"""What the admin's live page shows now: queues, workers, what runs and what waits. Every read is bounded."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from webapp.catalogue.models import Method
from webapp.queues import broker
from webapp.queues.history import history, quantile
from webapp.queues.models import Worker
from webapp.queues.selectors import paused, workers
from webapp.runs.models import ACTIVE, ENDED, OPEN, Job, Queue, State
from webapp.runs.order import waiting

Rows = list[dict[str, Any]]

SHOWN = 20
"""Jobs that a table lists at most."""
SAMPLE = 2000
"""Jobs, the latest, that the waiting time of the last hour is read from at most."""
HOUR = timedelta(hours=1)


def overview() -> dict[str, Any]:
    """Everything of the live page: `now` and `history`."""
    return now() | history()


def now() -> dict[str, Any]:
    """What changes from second to second."""
    rows = worker_rows()
    return {
        "at": timezone.now(),
        "redis": broker.state(),
        "queues": queue_rows([row for row in rows if row["alive"]]),
        "workers": rows,
        "worker_seen": None if any(row["alive"] for row in rows) else _last_seen(),
        "active": _jobs(Job.objects.filter(state__in=ACTIVE).order_by("started", "created")[:SHOWN]),
        "queued": {queue: _jobs(waiting(queue)[:SHOWN]) for queue in Queue.values},
        "shown": SHOWN,
    }


def queue_rows(alive: Sequence[dict[str, Any]]) -> Rows:
    """Each queue: how many jobs it holds, what ended in the last hour, how long jobs wait and waited."""
    open_jobs = _counts(Job.objects.filter(state__in=OPEN))
    ended = _counts(Job.objects.filter(state__in=ENDED, finished__gte=timezone.now() - HOUR))
    held = paused()
    return [
        {
            "queue": queue,
            "paused": queue in held,
            "workers": sum(queue in row["queues"] and not row["draining"] for row in alive),
            "open": [(state, open_jobs.get((queue, state), 0)) for state in OPEN],
            "ended": [(state, ended.get((queue, state), 0)) for state in ENDED],
            "waiting": waits_now(queue, open_jobs.get((queue, State.QUEUED), 0)),
            "waited": waits_lately(queue),
        }
        for queue in Queue.values
    ]


def waits_now(queue: str, count: int) -> dict[str, Any]:
    """Seconds for which the jobs of a queue wait by now: exact, each percentile one row of an ordered read."""
    moment = timezone.now()
    ages = Job.objects.filter(state=State.QUEUED, queue=queue).order_by("created").values_list("created", flat=True)

    def age(part: float) -> float | None:
        found = next(iter(ages[count - math.ceil(part * count) :][:1]), None) if count else None
        return max(0.0, (moment - found).total_seconds()) if found else None

    return {"count": count, "p50": age(0.5), "p95": age(0.95), "longest": age(1.0)}


def waits_lately(queue: str) -> dict[str, Any]:
    """Seconds from asking to start of the jobs of a queue that were started in the last hour, at most `SAMPLE`."""
    jobs = Job.objects.filter(queue=queue, started__gte=timezone.now() - HOUR).order_by("-started")
    times = jobs.values_list("created", "started")[:SAMPLE]
    spans = sorted((begun - made).total_seconds() for made, begun in times if begun is not None)
    return {"count": len(spans), "p50": quantile(spans, 0.5), "p95": quantile(spans, 0.95), "sample": SAMPLE}


def worker_rows() -> Rows:
    """Workers, those that report first, each with the job that it holds."""
    held = {job.worker.rpartition(":")[0]: job for job in Job.objects.filter(state__in=ACTIVE)[:SAMPLE]}
    moment = timezone.now()
    rows = [_worker(worker, held.get(worker.name), moment) for worker in workers()]
    return sorted(rows, key=lambda row: (not row["alive"], row["name"]))


def _worker(worker: Worker, job: Job | None, moment: datetime) -> dict[str, Any]:
    return {
        "name": worker.name,
        "host": worker.host,
        "device": worker.device,
        "queues": [queue for queue in Queue.values if queue in worker.queues],
        "memory": worker.memory,
        "used": worker.used,
        "share": min(100, round(100 * worker.used / worker.memory)) if worker.memory else None,
        "loaded": worker.loaded,
        "draining": worker.draining,
        "restarting": worker.restart_asked is not None,
        "alive": worker.alive,
        "started": worker.started,
        "seen": worker.last_seen,
        "age": max(0.0, (moment - worker.last_seen).total_seconds()),
        "job": job and job.pk,
        "model": job and job.model,
    }


def _last_seen() -> datetime | None:
    """When a worker was last there: of those that ended in order, only what they offered remembers it."""
    reports = Worker.objects.aggregate(seen=Max("last_seen"))["seen"]
    cards = Method.objects.aggregate(seen=Max("last_seen"))["seen"]
    return max(filter(None, (reports, cards)), default=None)


def _counts(jobs: QuerySet[Job]) -> dict[tuple[str, str], int]:
    rows = jobs.order_by().values("queue", "state").annotate(count=Count("pk"))
    return {(row["queue"], row["state"]): row["count"] for row in rows}


def _jobs(jobs: QuerySet[Job]) -> Rows:
    moment = timezone.now()
    return [
        {
            "id": job.pk,
            "label": job.run.label,
            "queue": job.queue,
            "state": job.state,
            "model": job.model,
            "methods": [result.method for result in job.results.all()],
            "priority": job.priority,
            "attempts": job.attempts,
            "worker": job.worker,
            "cancelling": job.cancelling,
            "place": place,
            "seconds": max(0.0, (moment - (job.started or job.created)).total_seconds()),
        }
        for place, job in enumerate(jobs.select_related("run").prefetch_related("results"), 1)
    ]
