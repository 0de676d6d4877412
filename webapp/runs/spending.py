"""What one person or address may use: runs per minute, jobs at a time, seconds of computing per hour."""

from datetime import timedelta

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.runs.models import OPEN, Job, Run


def _theirs(owner: Owner, address: str) -> Q:
    return owner.owned() | Q(address=address)


def check_runs(*, owner: Owner, address: str) -> None:
    """Refusal: too many runs in the last minute."""
    since = timezone.now() - timedelta(minutes=1)
    limit = settings.LIMITS.runs_per_minute
    count = Run.objects.filter(_theirs(owner, address), created__gte=since).count()
    if count >= limit:
        detail = f"You started {count} runs within a minute; the limit is {limit}. Wait a little."
        raise refuse("too-many-runs", detail, limit=limit, value=count)


def check_queue(*, owner: Owner, address: str, more: int) -> None:
    """Refusal: too many unfinished jobs, or too many seconds of computing in the last hour."""
    runs = Run.objects.filter(_theirs(owner, address))
    limit = settings.LIMITS.queued_jobs
    count = Job.objects.filter(run__in=runs, state__in=OPEN).count() + more
    if count > limit:
        detail = f"This would make {count} unfinished jobs; the limit is {limit}. Wait until some are done."
        raise refuse("too-many-jobs", detail, limit=limit, value=count)
    spent = _seconds(runs)
    allowed = settings.LIMITS.gpu_seconds_per_hour
    if spent >= allowed:
        detail = f"Your jobs computed for {spent:.0f} seconds within an hour; the limit is {allowed}. Come back later."
        raise refuse("too-much-computing", detail, limit=allowed, value=round(spent))


def _seconds(runs: QuerySet[Run]) -> float:
    since = timezone.now() - timedelta(hours=1)
    lasted = ExpressionWrapper(F("finished") - F("started"), output_field=DurationField())
    jobs = Job.objects.filter(run__in=runs, queue="gpu", finished__gte=since, started__isnull=False)
    total = jobs.aggregate(total=Sum(lasted))["total"]
    return total.total_seconds() if total else 0.0
