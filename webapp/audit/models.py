"""What administrators did, in a log that only grows."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class Closed(TypeError):
    """The log only grows: an entry is neither changed nor deleted."""


class Entries(models.QuerySet["Entry"]):
    """Entries as the house reads them; what would change many at once is refused."""

    def update(self, **fields: Any) -> NoReturn:
        """Refused."""
        raise Closed("entries of the audit log are not changed")

    def delete(self) -> NoReturn:
        """Refused."""
        raise Closed("entries of the audit log are not deleted")


class Entry(models.Model):
    """Who did what to what, when, from where; the name stays when the account goes."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=150, blank=True)  # empty: the house itself
    address = models.CharField(max_length=32, blank=True)  # hashed
    verb = models.CharField(max_length=40, db_index=True)
    target_kind = models.CharField(max_length=60, blank=True, db_index=True)
    target_id = models.CharField(max_length=200, blank=True, db_index=True)
    target_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)  # often {"changes": {field: [before, after]}}

    objects = Entries.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ("view",)
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.name or 'the house'}: {self.verb} {self.target_label or self.target_kind}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new entry. Closed: it is kept already."""
        if not self._state.adding:
            raise Closed("entries of the audit log are not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Closed("entries of the audit log are not deleted")
