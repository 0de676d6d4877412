"""Reads of workers and queues."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from webapp.queues.models import ALIVE, QueueSwitch, Worker
from webapp.runs.models import ACTIVE, Job


def is_paused(queue: str) -> bool:
    """Whether the admin paused a queue."""
    return QueueSwitch.objects.filter(queue=queue, paused=True).exists()


def workers() -> list[Worker]:
    """Workers that report themselves, the latest first."""
    return list(Worker.objects.all())


def paused() -> set[str]:
    """The queues that the admin paused."""
    return set(QueueSwitch.objects.filter(paused=True).values_list("queue", flat=True))


def alive_workers(queue: str) -> list[Worker]:
    """Live workers that take jobs of a queue, those that are drained aside, the latest first."""
    alive = Worker.objects.filter(last_seen__gt=timezone.now() - ALIVE, draining=False)
    return [worker for worker in alive if queue in worker.queues]


def is_draining(name: str) -> bool:
    """Whether a worker takes nothing more."""
    return Worker.objects.filter(pk=name, draining=True).exists()


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do: take nothing more; and end, when it has nothing to do or (`now`) at once."""

    drain: bool = False
    end: bool = False
    now: bool = False


def orders_of(name: str, *, patience: timedelta) -> Orders:
    """What the admin wants of a worker; one that waits to end has so much `patience` with its job."""
    worker = Worker.objects.filter(pk=name).first()
    if worker is None:
        return Orders()
    if worker.restart_asked is None:
        return Orders(drain=worker.draining)
    busy = Job.objects.filter(state__in=ACTIVE, worker__startswith=f"{name}:").exists()
    late = timezone.now() - worker.restart_asked > patience
    return Orders(drain=True, end=not busy or late, now=busy and late)


def largest_room(queue: str) -> int | None:
    """The most bytes that a live worker of a queue may fill; None where one has not said, or none is there."""
    rooms = [worker.memory for worker in alive_workers(queue)]
    return max(rooms) if rooms and all(rooms) else None
