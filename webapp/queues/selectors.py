"""Reads of workers and queues."""

from webapp.queues.models import QueueSwitch, Worker


def is_paused(queue: str) -> bool:
    """Whether the admin paused a queue."""
    return QueueSwitch.objects.filter(queue=queue, paused=True).exists()


def workers() -> list[Worker]:
    """Workers that report themselves, the latest first."""
    return list(Worker.objects.all())


def paused() -> set[str]:
    """The queues that the admin paused."""
    return set(QueueSwitch.objects.filter(paused=True).values_list("queue", flat=True))
