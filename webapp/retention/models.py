"""Which files share strips, and a log of what was deleted."""

from django.db import models
from django.utils import timezone


class StripUse(models.Model):
    """A kept result (by its content key) refers to a kept strip; `strip` empty: the result itself was looked at.

    Written before the files are, so that a strip which somebody needs always has a row.
    """

    key = models.CharField(max_length=64)
    strip = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "strip"], name="strip_once_per_result")]

    def __str__(self) -> str:
        return f"{self.key[:8]} uses {self.strip[:8] or 'nothing more'}"


class Cleaning(models.Model):
    """One round of deleting what nobody keeps any more: how many of what, and bytes of files."""

    slot = models.BigIntegerField(null=True, unique=True)  # the hour that it is for; null: an administrator asked
    worker = models.CharField(max_length=200, blank=True)
    started = models.DateTimeField(default=timezone.now)
    finished = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    bytes = models.BigIntegerField(default=0)
    runs = models.JSONField(default=list)  # ids of runs that were deleted
    left = models.BooleanField(default=False)  # its time was over before it was done

    class Meta:
        ordering = ("-started",)
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return f"cleaning of {self.started:%Y-%m-%d %H:%M}"
