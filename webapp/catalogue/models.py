"""Cards as the workers published them, and the admin's allow-list."""

import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A whole commit (SHA-1 or SHA-256) cannot move; branches and tags can, and may look like the beginning of one."""
FRESH = timedelta(seconds=45)
"""A card whose worker has been silent for longer counts as unavailable."""


class Card(models.Model):
    """What one method, model or tokenizer says of itself; `last_seen` is renewed while a worker offers it."""

    key = models.CharField(max_length=100, primary_key=True)
    card = models.JSONField()
    last_seen = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    @property
    def available(self) -> bool:
        """Whether a worker that can run it was seen lately."""
        return self.last_seen is not None and timezone.now() - self.last_seen < FRESH


class Method(Card):
    """A method's card."""


class Model(Card):
    """A model's card."""


class Tokenizer(Card):
    """A tokenizer's card."""


class Allowed(models.Model):
    """A model or tokenizer that the admin lets people use: a key, and where it lies."""

    class Kind(models.TextChoices):
        """What it is."""

        MODEL = "model"
        TOKENIZER = "tokenizer"

    key = models.CharField(
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{0,99}$", "Lower-case letters, digits, '.', '_' and '-'.")],
        help_text="What people and addresses call it: lower-case letters, digits, '.', '_' and '-'.",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MODEL)
    location = models.CharField(
        max_length=500, help_text="A folder that the workers can read, or an id on the hub such as owner/name."
    )
    revision = models.CharField(
        max_length=100, blank=True, help_text="The commit that is used. Required for a hub id; a folder needs none."
    )
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("key",)
        verbose_name = "allowed model or tokenizer"
        verbose_name_plural = "allowed models and tokenizers"

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        """A hub id is pinned, and no allowed model hides a built-in one."""
        wrong = {}
        if not self.location.startswith(("/", "./", "../", "~")) and not COMMIT.fullmatch(self.revision):
            wrong["revision"] = (
                "A hub id needs the commit that is used (not a branch or tag); a folder begins with '/'."
            )
        hidden = Model.objects.filter(key=self.key).first()
        if hidden is not None and hidden.card.get("builtin"):
            wrong["key"] = "A built-in model has this name."
        if wrong:
            raise ValidationError(wrong)


class Errand(models.Model):
    """Something that a worker is asked to do with a model beside its jobs; what came of it stays here."""

    class Kind(models.TextChoices):
        """Load it on trial and say what it offers and costs, or free the memory that it fills."""

        TRIAL = "trial", "test-load"
        EVICT = "evict", "evict"

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued"
        RUNNING = "running"
        PASSED = "passed"
        FAILED = "failed"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField("model", max_length=100)
    location = models.CharField(max_length=500, blank=True)  # empty: it is built in
    revision = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    worker = models.CharField(max_length=200, blank=True)  # whom it is for, or who took it
    report = models.JSONField(null=True, blank=True)  # null: not passed
    problem = models.JSONField(null=True, blank=True)  # null: not failed
    asked = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked", "-id")
        indexes = [models.Index(fields=["state", "asked"]), models.Index(fields=["key", "-asked"])]
        verbose_name = "test-load or eviction"
        verbose_name_plural = "test-loads and evictions"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.key}"
