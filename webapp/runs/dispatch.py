"""Wake-ups: "there is work on queue Q". A lost one costs seconds, the sweeper sends another."""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from webapp.config.celery import app

logger = logging.getLogger("tessera.dispatch")

ANALYSE = "tessera.analyse"
PUBLISH = "tessera.publish_cards"


def wake(queue: str, *, expires: float | None = None) -> None:
    """Ask the workers of a queue to claim a job. A broker that is down is only logged."""
    _send(ANALYSE, queue, {"queue": queue}, expires)


def wake_on_commit(queues: Iterable[str]) -> None:
    """Wake once for each queue named, when the transaction around is committed."""
    for queue in list(queues):
        transaction.on_commit(lambda queue=queue: wake(queue))  # type: ignore[misc]


def ask_for_cards(worker_queue: Any) -> None:
    """Ask one worker's child to publish what it can run."""
    _send(PUBLISH, worker_queue, {}, None)


def _send(name: str, queue: Any, kwargs: dict[str, Any], expires: float | None) -> None:
    try:
        app.send_task(name, kwargs=kwargs, queue=queue, expires=expires, retry=False, ignore_result=True)
    except Exception:
        logger.warning("the broker did not take %s for %s; the sweeper will ask again", name, queue, exc_info=True)
