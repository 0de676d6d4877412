"""Nothing is lost: leases that stand still go back to the queue, and queued jobs are called again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F

from webapp.common.errors import Fault, system_problem
from webapp.limits.selectors import limits_for
from webapp.runs import dispatch
from webapp.runs.models import ACTIVE, Job, Queue, State
from webapp.runs.order import waiting
from webapp.runs.states import Why, job_move
from webapp.runs.watch import Watch
from webapp.runs.work import ATTEMPTS, LEASE

logger = logging.getLogger("tessera.sweeper")

PATIENCE = settings.PATIENCE_SECONDS
"""Seconds in which a computation may notice that it is cancelled, before its process is killed."""
EVERY = settings.SWEEP_SECONDS
"""Seconds between two sweeps; a wake-up that nobody took by then is thrown away."""

_leases = Watch()
_running = Watch()
_unheard = Watch()


def sweep() -> int:
    """Bring back jobs whose lease stood still and wake every queue that holds some; how many were brought back."""
    held = list(Job.objects.filter(state__in=ACTIVE))
    still = _leases.seconds({job.pk: (job.token, job.renewals) for job in held})
    lost = sum(_lost(job, Why.LEASE_LOST) for job in held if still[job.pk] >= LEASE)
    for queue in Queue.values:
        if waiting(queue).exists():
            dispatch.wake(queue, expires=EVERY)
    return lost


def recover(*, worker: str, how: str = "") -> int:
    """Bring back what this very worker's former child held: a worker has one child, so it is dead.

    `how` says how it died, where that is known ("killed by signal 9").
    """
    return sum(_lost(job, Why.WORKER_LOST, how) for job in Job.objects.filter(state__in=ACTIVE, worker=worker))


def release(*, worker: str) -> int:
    """Give back what a worker that ends in order holds; the attempt does not count, and its child sees it is over."""
    return sum(_released(job) for job in _held(worker))


def _held(worker: str) -> Sequence[Job]:
    """The jobs of all children of a worker."""
    return list(Job.objects.filter(state__in=ACTIVE, worker__startswith=f"{worker}:").select_related("run"))


@dataclass(frozen=True, slots=True)
class Overdue:
    """A job whose process has to be killed, since it does not end although it should."""

    job: Job
    limit: float | None = None
    """Seconds it might take; None: it was cancelled."""
    value: float = 0

    @property
    def place(self) -> int:
        """The place of its child among its worker's children."""
        return int(self.job.worker.rpartition(":")[2])


def overdue(*, worker: str) -> list[Overdue]:
    """What a worker's children do not end although they should: cancelled and not heard of, or too long at work."""
    held = _held(worker)
    asked = _unheard.seconds({job.pk: job.token for job in held if job.cancelling})
    stubborn = [Overdue(job) for job in held if asked.get(job.pk, 0) >= PATIENCE]
    known = {each.job.pk for each in stubborn}
    taken = _running.seconds({job.pk: job.token for job in held if job.state == State.RUNNING})
    for job in held:
        limit = limits_for(account=job.run.account_id, address=job.run.address).job_seconds
        if taken.get(job.pk, 0) >= limit and job.pk not in known:
            stubborn.append(Overdue(job, limit, taken[job.pk]))
    return stubborn


def killed(*, late: Overdue, freed: int | None) -> bool:
    """The process of such a job is gone, and gave back so many bytes (None: not measured): the job ends."""
    job = late.job
    dispatch.wake(job.queue)
    if late.limit is None:
        return _cancelled(job, Why.KILLED, freed)
    more = f"It computed for {late.value:.0f} seconds; the limit is {late.limit:.0f}."
    return _failed(job, Why.TOO_LONG, "job-too-long", more, {}, limit=late.limit, value=round(late.value))


def _released(job: Job) -> bool:
    if job.cancelling:
        return _cancelled(job, Why.RELEASED)
    return _queue_again(job, Why.RELEASED, attempts=F("attempts") - 1)


def _lost(job: Job, why: Why, how: str = "") -> bool:
    """Put a lost job back, or end it: cancelled if that was asked for, failed if it lost its worker too often."""
    if job.cancelling:
        return _cancelled(job, why)
    if job.attempts >= ATTEMPTS:
        more = f"It was tried {job.attempts} times" + (f"; the last time the worker was {how}." if how else ".")
        only = _unmoved(job, why)
        return _failed(job, Why.WORKER_LOST_TOO_OFTEN, "worker-lost", more, only, limit=ATTEMPTS, value=job.attempts)
    logger.warning("job %s lost its worker (attempt %d, %s) and is queued again", job.pk, job.attempts, how or why)
    return _queue_again(job, why)


def _queue_again(job: Job, why: Why, **fields: Any) -> bool:
    """False also when somebody asked for its end meanwhile: the next sweep sees that."""
    again = job_move(job, State.QUEUED, why, only=_unmoved(job, why) | {"cancelling": False}, **fields)
    if again:
        dispatch.wake(job.queue, expires=EVERY)
    return again


def _cancelled(job: Job, why: Why, freed: int | None = None) -> bool:
    problem = system_problem("cancelled").model_dump(mode="json")
    ended: dict[str, Any] = {"problem": problem, "fault": Fault.CANCELLED, "freed": freed}
    return job_move(job, State.CANCELLED, why, only=_unmoved(job, why), **ended)


def _failed(job: Job, why: Why, id: str, more: str, only: dict[str, Any], **numbers: float) -> bool:
    problem = system_problem(id, more=more, **numbers)
    data = problem.model_dump(mode="json")
    failed = job_move(job, State.FAILED, why, only=only, problem=data, fault=Fault.SYSTEM)
    if failed:
        logger.error("job %s failed: %s", job.pk, problem.detail)
    return failed


def _unmoved(job: Job, why: Why) -> dict[str, Any]:
    """Whoever renewed a lease since it was seen standing still is alive; elsewhere the lease's token is enough."""
    return {"renewals": job.renewals} if why == Why.LEASE_LOST else {}
