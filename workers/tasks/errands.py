"""`tessera.try_model` and `tessera.evict_model`: what a worker's child does with models beside its jobs."""

import logging

from webapp.catalogue import errands
from webapp.common.errors import system_problem
from webapp.config.celery import app
from webapp.runs import dispatch
from workers.contract import Refusal
from workers.tasks import child, memory

logger = logging.getLogger("tessera.errands")


@app.task(name=dispatch.TRY, time_limit=errands.LONGEST)
def try_model(errand: int) -> None:
    """Load a model on trial and keep what it offers and costs, or why it cannot be loaded."""
    errands.errands_lost(worker=child.name())  # a worker has one child, so what it was at is lost
    found = errands.errand_claim(id=errand, worker=child.name())
    if found is None:
        return
    try:
        errands.trial_pass(errand=found, report=child.try_model(found.key, errands.spec_of(found)))
    except Refusal as refusal:
        errands.errand_fail(errand=found, problem=refusal.problem())
    except Exception:  # one strange model must not take the worker with it
        logger.exception("the model %s cannot be loaded", found.key)
        errands.errand_fail(errand=found, problem=system_problem("trial-failed"))
    finally:
        memory.give_back()


@app.task(name=dispatch.EVICT)
def evict_model(errand: int) -> None:
    """Free the memory that a model fills, and keep how much that was."""
    found = errands.errand_claim(id=errand, worker=child.name())
    if found is None:
        return
    before = memory.of() or 0
    size = child.forget(found.key)
    memory.give_back()
    freed = max(0, before - (memory.of() or 0))
    errands.evict_pass(errand=found, weight_bytes=size, freed_bytes=freed)
