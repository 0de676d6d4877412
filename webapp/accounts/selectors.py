"""What an account has used."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import DurationField, ExpressionWrapper, F, Max, Sum

from webapp.runs.models import Job, Result, Run
from webapp.uploads.models import Source


@dataclass(frozen=True, slots=True)
class Usage:
    """The sum of it: runs, seconds of computing, bytes kept, and when a token was last used."""

    runs: int
    seconds: float
    source_bytes: int
    result_bytes: int
    token_used: datetime | None


def usage_of(account: User) -> Usage:
    """Everything that an account has used since it is there. Results that it shares with others count as its own."""
    lasted = ExpressionWrapper(F("finished") - F("started"), output_field=DurationField())
    jobs = Job.objects.filter(run__account=account, started__isnull=False, finished__isnull=False)
    total = jobs.aggregate(total=Sum(lasted))["total"]
    results = Result.objects.filter(job__run__account=account).exclude(key="")
    # A result that was asked for twice lies there once.
    sizes = dict(results.order_by().values_list("key").annotate(size=Max("size")))
    return Usage(
        runs=Run.objects.filter(account=account).count(),
        seconds=total.total_seconds() if total else 0.0,
        source_bytes=Source.objects.filter(account=account).aggregate(total=Sum("bytes"))["total"] or 0,
        result_bytes=sum(sizes.values()),
        token_used=account.tokens.aggregate(last=Max("last_used"))["last"],
    )
