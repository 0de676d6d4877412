"""Which queued jobs a worker is offered: those that no idle worker near by could begin sooner."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from webapp.queues.models import Worker
from webapp.queues.selectors import alive_workers, is_draining, is_paused
from webapp.runs import dispatch, order, twins
from webapp.runs.models import ACTIVE, Job

GRACE = timedelta(seconds=2)
"""A young job is left this long to an idle worker that has its model in memory; then anybody takes it."""


def offers(*, queue: str, worker: str, loaded: Collection[str] = ()) -> Iterator[Job]:
    """The jobs that a worker's child (`parent's name:place`) should try to take, the next one first.

    What was computed meanwhile for somebody else is answered on the way. Nothing while the queue is paused or the
    worker drained.
    """
    name = worker.rpartition(":")[0]
    if is_paused(queue):
        return
    if is_draining(name):
        _pass_on(queue)
        return
    jobs = order.claimable(queue, loaded=loaded)
    now = timezone.now()
    cold = {job.model for job in jobs if job.model and job.model not in loaded and _young(job, now)}
    warm = _warm(queue, name) if cold else {}
    for model in sorted(cold & warm.keys()):
        _leave(queue, warm[model])
    for job in jobs:
        left = job.model in warm and job.model in cold and _young(job, now)
        if not left and not twins.answered(job):
            yield job


def _young(job: Job, now: datetime) -> bool:
    """Whether it was asked for just now; a clock that is an hour slow must not keep a job waiting for an hour."""
    return abs(now - job.created) < GRACE


def _pass_on(queue: str) -> None:
    """What a drained worker was woken for is told to the others, in a moment: it may still be listening itself."""
    if alive_workers(queue) and order.startable(queue).exists():
        dispatch.wake(queue, countdown=1.0)


def _warm(queue: str, name: str) -> dict[str, Worker]:
    """By model, an idle live worker of the queue, other than this one, that has it in memory."""
    holders = Job.objects.filter(state__in=ACTIVE).values_list("worker", flat=True)
    busy = {holder.rpartition(":")[0] for holder in holders}
    idle = [worker for worker in alive_workers(queue) if worker.name != name and worker.name not in busy]
    return {model: worker for worker in reversed(idle) for model in worker.loaded}


def _leave(queue: str, worker: Worker) -> None:
    """Tell the worker that has the model, and ask everybody once more when its time is over."""
    if worker.node:
        dispatch.wake_worker(worker.node, queue)
    dispatch.wake(queue, countdown=GRACE.total_seconds())
