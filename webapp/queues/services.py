"""What workers report of themselves."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from webapp.catalogue.selectors import specs_fingerprint
from webapp.catalogue.services import cards_publish, cards_seen
from webapp.queues.models import QueueSwitch, Worker
from webapp.runs import dispatch
from workers.contract import Catalogue

PATIENCE = timedelta(seconds=90)
"""A child that was asked for its cards and has published none after this long is asked again."""
FORGOTTEN = timedelta(days=1)


def worker_beat(*, name: str, queues: Sequence[str]) -> bool:
    """A worker is alive, and with it what it offers; True when its child should publish (again) what that is."""
    now = timezone.now()
    worker, _ = Worker.objects.get_or_create(name=name, defaults={"queues": list(queues), "last_seen": now})
    worker.last_seen = now
    cards_seen(**{kind: worker.offers.get(kind, []) for kind in ("methods", "models", "tokenizers")})
    fingerprint = specs_fingerprint()
    asked = worker.asked_for == fingerprint and worker.asked_at is not None and now - worker.asked_at < PATIENCE
    stale = worker.published_for != fingerprint and not asked
    if stale:
        worker.asked_for, worker.asked_at = fingerprint, now
    worker.save(update_fields=["last_seen", "asked_for", "asked_at"])
    Worker.objects.filter(last_seen__lt=now - FORGOTTEN).delete()
    return stale


def worker_publish(*, name: str, catalogue: Catalogue, fingerprint: str) -> None:
    """A worker's child tells what it can run, given the allow-list of this fingerprint."""
    cards_publish(catalogue=catalogue)
    offers = {
        "methods": [card.key for card in catalogue.methods],
        "models": [card.key for card in catalogue.models],
        "tokenizers": [card.key for card in catalogue.tokenizers],
    }
    row = {"offers": offers, "published_for": fingerprint, "last_seen": timezone.now()}
    Worker.objects.update_or_create(name=name, defaults=row)


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
