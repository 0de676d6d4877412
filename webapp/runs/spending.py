"""What one person or address may use: runs per minute, jobs at a time, seconds of computing per hour."""

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Sum
from django.utils import timezone

from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.limits.selectors import counted, limits_of
from webapp.runs.models import OPEN, Job, Run


def runs_lately(*, owner: Owner, address: str) -> int:
    """Runs of the last minute."""
    since = timezone.now() - timedelta(minutes=1)
    return Run.objects.filter(counted(owner, address), created__gte=since).count()


def unfinished_jobs(*, owner: Owner, address: str) -> int:
    """Jobs that are queued or at work."""
    runs = Run.objects.filter(counted(owner, address))
    return Job.objects.filter(run__in=runs, state__in=OPEN).count()


def seconds_lately(*, owner: Owner, address: str) -> float:
    """Seconds that jobs in the queue gpu computed, of those that ended within the last hour."""
    since = timezone.now() - timedelta(hours=1)
    lasted = ExpressionWrapper(F("finished") - F("started"), output_field=DurationField())
    runs = Run.objects.filter(counted(owner, address))
    jobs = Job.objects.filter(run__in=runs, queue="gpu", finished__gte=since, started__isnull=False)
    total = jobs.aggregate(total=Sum(lasted))["total"]
    return total.total_seconds() if total else 0.0


def check_runs(*, owner: Owner, address: str) -> None:
    """Refusal: too many runs in the last minute."""
    limit = limits_of(owner, address).runs_per_minute
    count = runs_lately(owner=owner, address=address)
    if count >= limit:
        detail = f"You started {count} runs within a minute; the limit is {limit}. Wait a little."
        raise refuse("too-many-runs", detail, limit=limit, value=count)


def check_queue(*, owner: Owner, address: str, more: int) -> None:
    """Refusal: too many unfinished jobs, or too many seconds of computing in the last hour."""
    limits = limits_of(owner, address)
    limit = limits.queued_jobs
    count = unfinished_jobs(owner=owner, address=address) + more
    if count > limit:
        detail = f"This would make {count} unfinished jobs; the limit is {limit}. Wait until some are done."
        raise refuse("too-many-jobs", detail, limit=limit, value=count)
    spent = seconds_lately(owner=owner, address=address)
    allowed = limits.gpu_seconds_per_hour
    if spent >= allowed:
        detail = f"Your jobs computed for {spent:.0f} seconds within an hour; the limit is {allowed}. Come back later."
        raise refuse("too-much-computing", detail, limit=allowed, value=round(spent))
