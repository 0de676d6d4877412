"""API tokens: what a program shows instead of a password."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from webapp.accounts.scopes import Scope
from webapp.common.ids import new_id


class Token(models.Model):
    """A token of an account: its secret is told once, of it only the hash and the first letters are kept."""

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created", "id")
        indexes = [models.Index(fields=["account", "-created"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def open(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def over(self) -> str:
        """Why it opens nothing any more; empty while it does."""
        if self.revoked_at is not None:
            return "revoked"
        return "" if self.open else "expired"

    def may(self, scope: Scope) -> bool:
        """Whether it was given this scope."""
        granted: list[Any] = self.scopes
        return scope in granted
