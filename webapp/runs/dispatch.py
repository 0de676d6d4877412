"""Wake-ups: "there is work on queue Q". A lost one costs seconds, the sweeper sends another."""

import logging
from collections.abc import Iterable
from typing import Any

from celery.utils.nodenames import worker_direct
from django.db import transaction

from webapp.config.celery import app

logger = logging.getLogger("tessera.dispatch")

ANALYSE = "tessera.analyse"
PUBLISH = "tessera.publish_cards"
TRY = "tessera.try_model"
EVICT = "tessera.evict_model"
DIRECT = 15.0
"""Seconds after which nobody needs a message to one worker any more."""


def wake(queue: str, *, expires: float | None = None, countdown: float | None = None) -> None:
    """Ask the workers of a queue to claim a job (in `countdown` seconds). A broker that is down is only logged."""
    _send(ANALYSE, queue, {"queue": queue}, expires=expires, countdown=countdown)


def wake_worker(node: str, queue: str) -> None:
    """Ask one worker, by what Celery calls it, to claim a job of a queue."""
    _send(ANALYSE, worker_direct(node), {"queue": queue}, expires=DIRECT)


def wake_on_commit(queues: Iterable[str]) -> None:
    """Wake once for each queue named, when the transaction around is committed."""
    for queue in list(queues):
        transaction.on_commit(lambda queue=queue: wake(queue))  # type: ignore[misc]


def ask_for_cards(worker_queue: Any) -> None:
    """Ask one worker's child to publish what it can run."""
    _send(PUBLISH, worker_queue, {})


def ask_to_try(queue: str, *, errand: int, expires: float) -> None:
    """Ask some worker of a queue to load a model on trial."""
    _send(TRY, queue, {"errand": errand}, expires=expires)


def ask_to_evict(worker_queue: Any, *, errand: int, expires: float) -> None:
    """Ask one worker's child to free the memory that a model fills."""
    _send(EVICT, worker_queue, {"errand": errand}, expires=expires)


def _send(name: str, queue: Any, kwargs: dict[str, Any], **when: Any) -> None:
    told = {key: value for key, value in when.items() if value is not None}
    try:
        app.send_task(name, kwargs=kwargs, queue=queue, retry=False, ignore_result=True, **told)
    except Exception:
        logger.warning("the broker did not take %s for %s; the sweeper will ask again", name, queue, exc_info=True)
