"""What workers report of themselves."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from webapp.catalogue.selectors import specs_fingerprint
from webapp.catalogue.services import cards_publish, cards_seen
from webapp.queues.models import QueueSwitch, Worker
from webapp.runs import dispatch
from webapp.runs.models import Queue
from workers.contract import Catalogue

PATIENCE = timedelta(seconds=90)
"""A child that was asked for its cards and has published none after this long is asked again."""
FORGOTTEN = timedelta(days=1)
RESTART_PATIENCE = timedelta(minutes=2)
"""How long a worker that is to be restarted may go on with the job that it has."""


def worker_beat(*, name: str, queues: Sequence[str], node: str = "", host: str = "", used: int | None = None) -> bool:
    """A worker is alive, and with it what it offers; True when its child should publish (again) what that is.

    `used` are the bytes of the machine's memory that its child holds; None: nobody looked, or the GPU's count.
    """
    now = timezone.now()
    fresh = {"queues": list(queues), "last_seen": Now(), "node": node, "host": host}
    worker, _ = Worker.objects.get_or_create(name=name, defaults=fresh)
    if used is not None and not worker.device.startswith("cuda"):
        Worker.objects.filter(pk=name).update(used=used)
    cards_seen(**{kind: worker.offers.get(kind, []) for kind in ("methods", "models", "tokenizers")})
    fingerprint = specs_fingerprint()
    asked = worker.asked_for == fingerprint and worker.asked_at is not None and now - worker.asked_at < PATIENCE
    stale = worker.published_for != fingerprint and not asked
    if stale:
        worker.asked_for, worker.asked_at = fingerprint, now
    asked_last = {"asked_for": worker.asked_for, "asked_at": worker.asked_at}
    Worker.objects.filter(pk=name).update(last_seen=Now(), **asked_last)  # by the database's clock, not this host's
    Worker.objects.filter(last_seen__lt=Now() - FORGOTTEN).delete()
    return stale


def worker_publish(*, name: str, catalogue: Catalogue, fingerprint: str) -> None:
    """A worker's child tells what it can run, given the allow-list of this fingerprint."""
    cards_publish(catalogue=catalogue)
    offers = {
        "methods": [card.key for card in catalogue.methods],
        "models": [card.key for card in catalogue.models],
        "tokenizers": [card.key for card in catalogue.tokenizers],
    }
    row = {"offers": offers, "published_for": fingerprint, "last_seen": Now()}
    Worker.objects.update_or_create(name=name, defaults=row)


def worker_holds(*, name: str, loaded: Sequence[str], device: str, used: int, memory: int | None) -> None:
    """A worker's child tells the models in its memory, where it computes, and the bytes that it holds.

    `memory` is what models and what they compute may fill; None: as it was told before.
    """
    row: dict[str, object] = {"loaded": list(loaded), "device": device, "used": used}
    Worker.objects.filter(name=name).update(**row if memory is None else row | {"memory": memory})


def worker_drain(*, name: str, draining: bool) -> bool:
    """Let a worker finish what it has and take nothing more, or take jobs again; False when it was so already.

    Taking jobs again also takes back that it was to be restarted.
    """
    row = Worker.objects.filter(pk=name).exclude(draining=draining)
    changed = bool(row.update(draining=draining, restart_asked=None))
    if changed and not draining:
        dispatch.wake_on_commit(_queues_of(name))
    return changed


def worker_restart(*, name: str) -> bool:
    """Have a worker end in order once it has nothing to do; whoever watches over it starts another one.

    It takes nothing more. After `RESTART_PATIENCE` its job goes back to the queue, and that attempt does not count.
    False when it is not there.
    """
    return bool(Worker.objects.filter(pk=name).update(draining=True, restart_asked=timezone.now()))


def _queues_of(name: str) -> list[str]:
    known = Worker.objects.filter(pk=name).values_list("queues", flat=True).first() or []
    return [queue for queue in known if queue in Queue.values]


def worker_gone(*, name: str) -> None:
    """A worker ended."""
    Worker.objects.filter(name=name).delete()


def queue_pause(*, queue: str, paused: bool) -> bool:
    """Hand out no further job of a queue, or do so again and wake its workers; False when it was so already."""
    switch, _ = QueueSwitch.objects.get_or_create(queue=queue)
    changed = bool(QueueSwitch.objects.filter(pk=switch.pk).exclude(paused=paused).update(paused=paused))
    if changed and not paused:
        dispatch.wake_on_commit([queue])
    return changed
