"""Sources: texts, images and files, the bytes stored once by content hash, a row for each person who gave them."""

from django.conf import settings
from django.db import models

from webapp.common.ids import new_id


class Source(models.Model):
    """A text, an image or a file as its person gave it (the image oriented and re-encoded)."""

    class Kind(models.TextChoices):
        """What it is."""

        TEXT = "text"
        IMAGE = "image"
        TABLE = "table"
        LOGPROBS = "logprobs"

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=64)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    address = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    label = models.CharField(max_length=120, blank=True)
    summary = models.CharField(max_length=400, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sha256", "kind"], name="source_once_per_owner")]
        indexes = [models.Index(fields=["owner", "created"]), models.Index(fields=["address", "created"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage."""
        return f"sources/{self.sha256[:2]}/{self.sha256}.{'png' if self.kind == self.Kind.IMAGE else 'txt'}"
