"""Reads of workers and queues."""

from webapp.queues.models import QueueSwitch


def is_paused(queue: str) -> bool:
    """Whether the admin paused a queue."""
    return QueueSwitch.objects.filter(queue=queue, paused=True).exists()
