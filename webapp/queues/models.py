"""Workers as they report themselves, and queues that the admin may pause."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

ALIVE = timedelta(seconds=30)


class Worker(models.Model):
    """A worker process: its name is host and process id, so a restarted one is another."""

    name = models.CharField(max_length=200, primary_key=True)
    node = models.CharField(max_length=200, blank=True)  # what Celery calls it
    host = models.CharField(max_length=200, blank=True)
    queues = models.JSONField(default=list)
    device = models.CharField(max_length=100, blank=True)
    memory = models.BigIntegerField(default=0)  # bytes that models and what they compute may fill
    used = models.BigIntegerField(default=0)  # bytes that its child holds
    loaded = models.JSONField(default=list)  # models in its child's memory, the latest used first
    draining = models.BooleanField(default=False, help_text="It finishes what it has and takes nothing more.")
    restart_asked = models.DateTimeField(null=True, blank=True)  # null: nobody wants it to end
    offers = models.JSONField(default=dict)
    published_for = models.CharField(max_length=64, blank=True)
    asked_for = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField()

    class Meta:
        ordering = ("-last_seen",)
        permissions = [("drain_worker", "Can drain workers"), ("restart_worker", "Can restart workers")]

    def __str__(self) -> str:
        return self.name

    @property
    def alive(self) -> bool:
        """Whether it reported lately."""
        return timezone.now() - self.last_seen < ALIVE


class QueueSwitch(models.Model):
    """Whether jobs of a queue are handed out."""

    queue = models.CharField(max_length=8, primary_key=True)
    paused = models.BooleanField(default=False, help_text="Running jobs finish; no further one starts.")

    class Meta:
        verbose_name = "queue"
        permissions = [("pause_queue", "Can pause and resume queues")]

    def __str__(self) -> str:
        return self.queue


class Tally(models.Model):
    """A counter for Prometheus, by name and labels; it only grows."""

    name = models.CharField(max_length=60)
    labels = models.CharField(max_length=300, default="{}")  # JSON, its keys sorted
    value = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="tally_once_per_labels")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}{self.labels} {self.value:g}"
