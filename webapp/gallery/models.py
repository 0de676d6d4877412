"""Which run answers each question of the gallery."""

from django.db import models

from webapp.runs.models import Run


class Entry(models.Model):
    """A question that was asked. The secret is that of the run's link, which everybody may know.

    `made_of` changes with the question and with the versions of its methods and models. `asked` is what the run was
    asked and what is said of it, which stays as it was when the question is declared anew.
    """

    id = models.CharField(max_length=100, primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    secret = models.CharField(max_length=64)
    made_of = models.CharField(max_length=64)
    asked = models.JSONField(default=dict)  # empty: asked before this was kept, so not shown and asked again
    preview = models.JSONField(null=True, blank=True)  # null: the answer has no small picture
    made = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.id
