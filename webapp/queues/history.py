"""What the admin's live page shows of the past: throughput, failures by reason, slow methods."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from webapp.runs.models import ENDED, Job, Result, State

Rows = list[dict[str, Any]]

DAY = timedelta(days=1)
LATEST = 5000
"""Results, the latest, that the seconds of methods are read from at most."""
SLOWEST = 10
REASONS = 12
MINUTE, HOUR = len("2026-01-01 00:00"), len("2026-01-01 00")
"""How much of a moment, as both databases write it, names its minute or its hour."""


def history() -> dict[str, Any]:
    """The last 60 minutes and 24 hours, and what was slow and what failed in the last day."""
    return {
        "minutes": throughput(count=60, step=timedelta(minutes=1), digits=MINUTE),
        "hours": throughput(count=24, step=timedelta(hours=1), digits=HOUR),
        "slowest": slowest(),
        "reasons": reasons(),
        "failed": failed(),
        "latest": LATEST,
    }


def throughput(*, count: int, step: timedelta, digits: int) -> dict[str, Any]:
    """How many jobs ended in each of the last `count` steps, the present one last, by how they ended."""
    last = _floor(timezone.now(), step)
    starts = [last - step * back for back in range(count - 1, -1, -1)]
    named = Substr(Cast("finished", TextField()), 1, digits)
    rows = (
        Job.objects.filter(state__in=ENDED, finished__gte=starts[0])
        .order_by()
        .values("state", bin=named)
        .annotate(count=Count("pk"))
    )
    found = {(row["bin"], row["state"]): row["count"] for row in rows}
    bins = [
        {"at": start} | {state: found.get((f"{start:%Y-%m-%d %H:%M}"[:digits], state), 0) for state in ENDED}
        for start in starts
    ]
    highest = max(sum(each[state] for state in ENDED) for each in bins)
    return {"bins": bins, "highest": highest, "totals": {state: sum(each[state] for each in bins) for state in ENDED}}


def slowest() -> Rows:
    """The methods × models that took longest in the last day, by their 95th percentile of seconds."""
    done = Result.objects.filter(state=State.DONE, finished__gte=timezone.now() - DAY, seconds__isnull=False)
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    for method, model, seconds in done.order_by("-finished").values_list("method", "job__model", "seconds")[:LATEST]:
        spent[method, model or ""].append(seconds or 0.0)
    rows = [_spent(method, model, sorted(seconds)) for (method, model), seconds in spent.items()]
    return sorted(rows, key=lambda row: -row["p95"])[:SLOWEST]


def reasons() -> Rows:
    """Why results failed in the last day: what the problem is called, whose fault it is, how often."""
    failures = Result.objects.filter(state=State.FAILED, finished__gte=timezone.now() - DAY)
    rows = (
        failures.order_by()
        .values("fault", type=KeyTextTransform("type", "problem"))
        .annotate(count=Count("pk"))
        .order_by("-count")[:REASONS]
    )
    return [
        {"reason": (row["type"] or "unknown").removeprefix("/problems/"), "fault": row["fault"], "count": row["count"]}
        for row in rows
    ]


def failed() -> Rows:
    """The jobs that failed last."""
    jobs = Job.objects.filter(state=State.FAILED).order_by("-finished").select_related("run")[:REASONS]
    return [
        {
            "id": job.pk,
            "label": job.run.label,
            "model": job.model,
            "said": str((job.problem or {}).get("detail", "")),
            "finished": job.finished,
        }
        for job in jobs
    ]


def quantile(ordered: Sequence[float], part: float) -> float | None:
    """The value that `part` of the ordered values do not exceed (nearest rank); None of nothing."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None


def _spent(method: str, model: str, ordered: Sequence[float]) -> dict[str, Any]:
    p50, p95 = quantile(ordered, 0.5), quantile(ordered, 0.95)
    return {"method": method, "model": model, "count": len(ordered), "p50": p50, "p95": p95}


def _floor(moment: datetime, step: timedelta) -> datetime:
    """The beginning of the minute or hour that a moment lies in."""
    minute = moment.replace(second=0, microsecond=0)
    return minute.replace(minute=0) if step >= timedelta(hours=1) else minute
