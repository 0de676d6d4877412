"""News of a run: numbered in the transaction that changed a row, sent when it is committed, never the only copy."""

import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import F

from webapp.runs.models import Run
from workers.contract import Event, EventKind

logger = logging.getLogger("tessera.news")

Sender = Callable[[str, dict[str, Any]], None]


def group(run_id: str) -> str:
    """The channel-layer group that the sockets of a run join."""
    return f"run.{run_id}"


def _send_here(name: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    assert layer is not None  # settings always name one
    async_to_sync(layer.group_send)(name, message)


_sender: Sender = _send_here


def send_with(sender: Sender | None) -> None:
    """Let another way carry the messages (a worker's child has an event loop of its own); None: the usual one."""
    global _sender
    _sender = sender or _send_here


def tell(event: Event) -> None:
    """Send an event to whoever listens. A layer that is down costs news, nothing else."""
    try:
        _sender(group(event.run), {"type": "run.event", "event": event.model_dump(mode="json")})
    except Exception:
        logger.warning("no news of run %s: the channel layer did not take it", event.run, exc_info=True)


def changed(
    run_id: str, kind: EventKind, *, job: str | None = None, result: str | None = None, data: dict[str, Any]
) -> None:
    """Number a change of a run and tell it once the transaction around is committed."""
    Run.objects.filter(pk=run_id).update(seq=F("seq") + 1)
    event = Event(seq=seq_of(run_id), run=run_id, kind=kind, job=job, result=result, data=data)
    transaction.on_commit(lambda: tell(event))


def passing(
    run_id: str, kind: EventKind, *, job: str | None = None, result: str | None = None, data: dict[str, Any]
) -> None:
    """Tell something that is not numbered (progress, delta): it carries the latest number."""
    tell(Event(seq=seq_of(run_id), run=run_id, kind=kind, job=job, result=result, data=data))


def seq_of(run_id: str) -> int:
    """The number of the latest change. Run.DoesNotExist if the run is gone."""
    return int(Run.objects.values_list("seq", flat=True).get(pk=run_id))
