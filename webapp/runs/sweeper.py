"""Nothing is lost: leases that ran out go back to the queue, and queued jobs are called again."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from webapp.common.errors import Fault, system_problem
from webapp.runs import dispatch, news
from webapp.runs.models import ACTIVE, Job, Queue, Result, State
from webapp.runs.order import waiting
from webapp.runs.services import job_close
from webapp.runs.shapes import job_data
from webapp.runs.work import ATTEMPTS

logger = logging.getLogger("tessera.sweeper")

PATIENCE = timedelta(seconds=10)
"""How long a computation may take to notice that it is cancelled, before its process is killed."""
EVERY = settings.SWEEP_SECONDS
"""Seconds between two sweeps; a wake-up that nobody took by then is thrown away."""


def sweep() -> int:
    """Bring back jobs whose lease ran out and wake every queue that holds some; how many were brought back."""
    lost = _bring_back(Job.objects.filter(state__in=ACTIVE, lease_until__lt=timezone.now()))
    for queue in Queue.values:
        if waiting(queue).exists():
            dispatch.wake(queue, expires=EVERY)
    return lost


def recover(*, worker: str) -> int:
    """Bring back what this very worker's former child held: a worker has one child, so it is dead."""
    return _bring_back(Job.objects.filter(state__in=ACTIVE, worker=worker))


def release(*, worker: str) -> int:
    """Give back what a worker that ends in order holds; the attempt does not count, and its child sees it is over."""
    held = Job.objects.filter(state__in=ACTIVE, worker__startswith=f"{worker}:")
    return sum(_released(job) for job in held)


@transaction.atomic
def _released(job: Job) -> bool:
    row = Job.objects.filter(pk=job.pk, state__in=ACTIVE, token=job.token)
    if job.cancelling:
        return _end(row, job, State.CANCELLED, "cancelled")
    return _queue_again(row, job, attempts=F("attempts") - 1)


def overdue(*, worker: str) -> set[int]:
    """The places of those children of a worker that have to be killed: they do not end although they should.

    What was to be cancelled is cancelled once its child is gone; what took too long fails here.
    """
    now = timezone.now()
    held = Job.objects.filter(state__in=ACTIVE, worker__startswith=f"{worker}:")
    stubborn = list(held.filter(cancelling=True, cancel_asked__lt=now - PATIENCE))
    limit = settings.LIMITS.job_seconds
    for job in held.filter(started__lt=now - timedelta(seconds=limit)):
        stubborn += [job] if _took_too_long(job, limit) else []
    return {int(job.worker.rpartition(":")[2]) for job in stubborn}


@transaction.atomic
def _took_too_long(job: Job, limit: int) -> bool:
    row = Job.objects.filter(pk=job.pk, state__in=ACTIVE, token=job.token)
    seconds = (timezone.now() - (job.started or job.created)).total_seconds()
    return _end(row, job, State.FAILED, "job-too-long", limit=limit, value=round(seconds))


def _bring_back(jobs: QuerySet[Job]) -> int:
    return sum(_lost(job) for job in jobs)


@transaction.atomic
def _lost(job: Job) -> bool:
    """Put a lost job back, or end it: cancelled if that was asked for, failed if it lost its worker too often."""
    row = Job.objects.filter(pk=job.pk, state=job.state, token=job.token, lease_until=job.lease_until)
    if job.cancelling:
        return _end(row, job, State.CANCELLED, "cancelled")
    if job.attempts >= ATTEMPTS:
        return _end(row, job, State.FAILED, "worker-lost")
    logger.warning("job %s lost its worker (attempt %d) and is queued again", job.pk, job.attempts)
    return _queue_again(row, job)


def _queue_again(row: QuerySet[Job], job: Job, **more: Any) -> bool:
    if not row.update(state=State.QUEUED, token="", worker="", lease_until=None, started=None, **more):
        return False
    Result.objects.filter(job=job.pk, state=State.RUNNING).update(state=State.QUEUED, progress=None)
    news.changed(job.run_id, "state", job=job.pk, data=job_data(Job.objects.get(pk=job.pk)))
    return True


def _end(row: QuerySet[Job], job: Job, state: State, id: str, **numbers: float) -> bool:
    problem = system_problem(id, **numbers).model_dump(mode="json")
    ended = row.update(state=state, problem=problem, finished=timezone.now(), lease_until=None, token="")
    if ended:
        logger.error("job %s ended as %s: %s", job.pk, state, id)
        Result.objects.filter(job=job.pk, state__in=(State.QUEUED, State.RUNNING)).update(fault=Fault.SYSTEM)
        job_close(job_id=job.pk, state=state, problem=problem)
    return bool(ended)
