"""Rows and files that are made older, and a round of cleaning, for tests of what is deleted when."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from webapp.retention import services
from webapp.runs.models import Job, Run
from webapp.uploads.models import Source

OLD = timedelta(days=400)


def age(run: str, by: timedelta = OLD) -> None:
    """Make a run, its jobs and its sources so much older."""
    then = timezone.now() - by
    Run.objects.filter(pk=run).update(created=then)
    Job.objects.filter(run=run).update(created=then)
    Job.objects.filter(run=run, finished__isnull=False).update(finished=then)
    Source.objects.filter(pk__in=Run.objects.get(pk=run).source_ids).update(created=then)


def age_files(by: timedelta = timedelta(days=2)) -> None:
    """Make every kept file so much older."""
    then = time.time() - by.total_seconds()
    for path in kept():
        os.utime(default_storage.path(path), (then, then))


def kept() -> set[str]:
    """Every kept file."""
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def clean() -> dict[str, int]:
    """What one round deleted."""
    counts: dict[str, int] = services.clean_now(worker="w").counts
    return counts
