"""Trials and evictions of models: rows that workers take up; a lost message is sent again, a lost worker fails them."""

import logging
from collections.abc import Iterable

from celery.utils.nodenames import worker_direct
from django.db import transaction
from django.utils import timezone

from webapp.catalogue.models import Allowed, Errand
from webapp.common.errors import system_problem
from webapp.queues.models import ALIVE, Worker
from webapp.runs import dispatch
from workers.contract import ModelSpec, Problem
from workers.contract.trials import TrialReport

logger = logging.getLogger("tessera.errands")

EXPIRES = 15.0
"""Seconds after which a message that nobody took is thrown away; the sweep sends another."""
LONGEST = 1800
"""Seconds that a trial may take, its download included, before its process is ended."""


@transaction.atomic
def trial_ask(*, key: str) -> Errand:
    """Have a worker load a model of the allow-list (switched on or not), or a built-in one. One at a time for a key."""
    waiting = Errand.objects.filter(kind=Errand.Kind.TRIAL, key=key, state__in=Errand.OPEN).first()
    if waiting is not None:
        return waiting
    row = Allowed.objects.filter(key=key).first()
    place = {"location": row.location, "revision": row.revision} if row else {}
    errand = Errand.objects.create(kind=Errand.Kind.TRIAL, key=key, **place)
    transaction.on_commit(lambda: _send(errand))
    return errand


@transaction.atomic
def evict_ask(*, key: str, workers: Iterable[str]) -> list[Errand]:
    """Have each of these workers free the memory that a model fills, once it is done with the job it is at."""
    made = [Errand.objects.create(kind=Errand.Kind.EVICT, key=key, worker=worker) for worker in workers]
    for errand in made:
        transaction.on_commit(lambda errand=errand: _send(errand))  # type: ignore[misc]
    return made


def errand_claim(*, id: int, worker: str) -> Errand | None:
    """Take an errand up; None if somebody did already, or it is over."""
    row = Errand.objects.filter(pk=id, state=Errand.State.QUEUED)
    if not row.update(state=Errand.State.RUNNING, worker=worker, started=timezone.now()):
        return None
    return Errand.objects.get(pk=id)


def spec_of(errand: Errand) -> ModelSpec | None:
    """Where the model lies; None for a built-in one."""
    return ModelSpec(location=errand.location, revision=errand.revision or None) if errand.location else None


def trial_pass(*, errand: Errand, report: TrialReport) -> None:
    """The model was loaded."""
    _end(errand, Errand.State.PASSED, report=report.model_dump(mode="json"))


def evict_pass(*, errand: Errand, weight_bytes: int, freed_bytes: int) -> None:
    """The model left a worker's memory: bytes of its parameters, and bytes that the process gave back."""
    _end(errand, Errand.State.PASSED, report={"weight_bytes": weight_bytes, "freed_bytes": freed_bytes})


def errand_fail(*, errand: Errand, problem: Problem) -> None:
    """It could not be done, and why."""
    _end(errand, Errand.State.FAILED, problem=problem.model_dump(mode="json"))


def errands_lost(*, worker: str, how: str = "") -> int:
    """A worker's child died: what it was at failed (it is not tried again, it might kill the next one, too)."""
    lost = Errand.objects.filter(state=Errand.State.RUNNING, worker=worker)
    return sum(_lost(errand, f"died ({how})" if how else "died") for errand in lost)


def errands_sweep() -> None:
    """Send again what nobody took, and fail what was left by workers that are gone."""
    alive = {worker.name for worker in Worker.objects.filter(last_seen__gt=timezone.now() - ALIVE)}
    for errand in Errand.objects.filter(state__in=Errand.OPEN):
        taken = errand.state == Errand.State.RUNNING
        holder = errand.worker.rpartition(":")[0] if taken else errand.worker
        if holder and holder not in alive:
            _lost(errand, "is gone")
        elif not taken and (timezone.now() - errand.asked).total_seconds() > EXPIRES:
            _send(errand)


def _send(errand: Errand) -> None:
    if errand.kind == Errand.Kind.EVICT:
        worker = Worker.objects.filter(pk=errand.worker).first()
        if worker is not None and worker.node:
            dispatch.ask_to_evict(worker_direct(worker.node), errand=errand.pk, expires=EXPIRES)
    elif queue := free_queue():
        dispatch.ask_to_try(queue, errand=errand.pk, expires=EXPIRES)


def free_queue() -> str | None:
    """The queue of the workers that most models run on; None when no worker is there."""
    here = Worker.objects.filter(last_seen__gt=timezone.now() - ALIVE, draining=False)
    queues = {str(queue) for worker in here for queue in worker.queues}
    return "gpu" if "gpu" in queues else min(queues, default=None)


def _lost(errand: Errand, how: str) -> bool:
    problem = system_problem("trial-lost").model_copy(update={"detail": f"The worker {errand.worker} {how}."})
    logger.error("errand %d (%s of %s): the worker %s %s", errand.pk, errand.kind, errand.key, errand.worker, how)
    return _end(errand, Errand.State.FAILED, problem=problem.model_dump(mode="json"))


def _end(errand: Errand, state: Errand.State, **fields: object) -> bool:
    row = Errand.objects.filter(pk=errand.pk, state=errand.state, worker=errand.worker)
    return bool(row.update(state=state, finished=timezone.now(), **fields))
