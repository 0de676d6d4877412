"""Links to runs for those who hold them."""

from django.db import models
from django.utils import timezone

from webapp.common.ids import new_id
from webapp.runs.models import Run


class Share(models.Model):
    """A link: of its secret only the hash is kept."""

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shares")
    secret_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=512, blank=True)
    view = models.JSONField(default=dict, blank=True)
    embed = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveBigIntegerField(default=0)
    last_viewed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"link {self.id} to {self.run_id}"

    @property
    def open(self) -> bool:
        """Whether it still leads anywhere."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())
