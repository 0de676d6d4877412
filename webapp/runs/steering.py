"""What an administrator does to jobs, one or thousands at a time."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from webapp.retention.orphans import forget
from webapp.runs import services
from webapp.runs.models import ACTIVE, ENDED, Job, Result, Run, State
from webapp.sharing.models import Share

BATCH = 200
"""Jobs that one transaction purges: others may write in between."""
LEAST, MOST = -10, 20
"""Priorities; a person's run has 5, what is computed in the background 0."""


@dataclass(frozen=True, slots=True)
class Purge:
    """How many jobs are (or were) cancelled, deleted, kept for an open link, left to their workers, and left over."""

    cancelled: int
    deleted: int
    shared: int
    working: int
    left: int = 0


def jobs_cancel(*, jobs: QuerySet[Job]) -> tuple[int, int]:
    """Cancel queued jobs now, ask running ones to end; how many of each."""
    cancelled = sum(services.job_cancel_queued(job=job) for job in jobs.filter(state=State.QUEUED))
    return cancelled, services.jobs_ask_to_end(jobs=jobs.filter(state__in=ACTIVE))


def jobs_retry(*, jobs: QuerySet[Job]) -> int:
    """Queue failed and cancelled jobs once more; how many."""
    return sum(services.job_retry(job=job) for job in jobs)


@transaction.atomic
def jobs_prioritise(*, jobs: QuerySet[Job], by: int) -> list[tuple[Job, int]]:
    """Raise or lower the priority of queued jobs, within `LEAST` and `MOST`; those changed, each with what it had."""
    changed = []
    for job in jobs.filter(state=State.QUEUED):
        before, wanted = job.priority, min(MOST, max(LEAST, job.priority + by))
        row = Job.objects.filter(pk=job.pk, state=State.QUEUED).exclude(priority=wanted)
        if row.update(priority=wanted):
            job.priority = wanted
            changed.append((job, before))
    return changed


def purge_counts(*, jobs: QuerySet[Job]) -> Purge:
    """What purging these jobs would do."""
    return Purge(
        cancelled=jobs.filter(state=State.QUEUED).count(),
        deleted=_deletable(jobs).count(),
        shared=jobs.filter(_shared(), state__in=ENDED).count(),
        working=jobs.filter(state__in=ACTIVE).count(),
    )


def jobs_purge(*, jobs: QuerySet[Job], at_most: int) -> Purge:
    """Cancel the queued ones of these jobs and delete those that had ended, batch by batch, at most so many in all.

    Jobs of a run with an open link stay, and so does what a worker holds. A run without jobs goes with its last one.
    """
    before = purge_counts(jobs=jobs)
    ended = list(_deletable(jobs).order_by("created").values_list("pk", flat=True)[:at_most])
    queued = jobs.filter(state=State.QUEUED).order_by("created").values_list("pk", flat=True)
    waiting = list(queued[: at_most - len(ended)])
    cancelled = sum(_cancel(waiting[start : start + BATCH]) for start in range(0, len(waiting), BATCH))
    deleted = 0
    for start in range(0, len(ended), BATCH):
        gone, keys = _delete(ended[start : start + BATCH])
        forget(keys=keys, sources=[])  # only now are the rows gone for everybody
        deleted += gone
    left = before.deleted + before.cancelled - len(ended) - len(waiting)
    return Purge(cancelled, deleted, before.shared, before.working, left)


@transaction.atomic
def _cancel(ids: list[str]) -> int:
    return sum(services.job_cancel_queued(job=job) for job in Job.objects.filter(pk__in=ids, state=State.QUEUED))


@transaction.atomic
def _delete(ids: list[str]) -> tuple[int, set[str]]:
    """Delete what of these may be deleted still; how many, and the keys of the results that went with them."""
    jobs = _deletable(Job.objects.filter(pk__in=ids))  # once more: a link may have been made meanwhile
    runs = set(jobs.values_list("run_id", flat=True))
    keys = set(Result.objects.filter(job__in=jobs).exclude(key="").values_list("key", flat=True))
    _, counts = jobs.delete()
    Run.objects.filter(pk__in=runs, jobs=None).delete()
    return counts.get(Job._meta.label, 0), keys


def _deletable(jobs: QuerySet[Job]) -> QuerySet[Job]:
    return jobs.filter(~_shared(), state__in=ENDED)


def _shared() -> Q:
    """Jobs whose run somebody may open through a link."""
    unended = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Q(Exists(Share.objects.filter(unended, run=OuterRef("run_id"), revoked_at=None)))
