"""Workers and the queue."""

from django.apps import AppConfig


class QueuesConfig(AppConfig):
    """The app."""

    name = "webapp.queues"
    verbose_name = "Queues"
