"""Counters that outlive what they count: the steps of jobs and results, added up once each.

Steps are folded into the counters when somebody asks for them, in the order of their ids and a minute late: by then
every transaction that took one of these ids is over. Of two that fold at once, one does it. Retention deletes steps
much later.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from webapp.queues.models import Tally
from webapp.runs.models import State, Transition
from webapp.runs.states import Why

CURSOR = "cursor"
LATE = timedelta(seconds=60)
BATCH = 2000
BUCKETS = (0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600)
"""Upper bounds of histograms, in seconds."""
LOST = {Why.LEASE_LOST, Why.WORKER_LOST, Why.RELEASED}
Key = tuple[str, str]
Added = defaultdict[Key, float]


def fold(rounds: int = 20) -> None:
    """Add up the steps that are old enough and were not added up yet, as many as that many transactions hold."""
    for _ in range(rounds):
        if not _fold_once():
            return


@transaction.atomic
def _fold_once() -> bool:
    cursor, _ = Tally.objects.get_or_create(name=CURSOR, labels="{}")
    rows = Transition.objects.filter(pk__gt=int(cursor.value), at__lt=timezone.now() - LATE)
    steps = list(rows.select_related("job", "result").order_by("pk")[:BATCH])
    if not steps:
        return False
    if not Tally.objects.filter(pk=cursor.pk, value=cursor.value).update(value=steps[-1].pk):
        return False  # somebody else has just added these
    added: Added = defaultdict(float)
    for step in steps:
        _count(step, added)
    for (name, labels), amount in sorted(added.items()):
        tally, _ = Tally.objects.get_or_create(name=name, labels=labels)
        Tally.objects.filter(pk=tally.pk).update(value=F("value") + amount)
    return len(steps) == BATCH


def _count(step: Transition, added: Added) -> None:
    job, result = step.job, step.result
    if result is not None:
        if step.after in (State.DONE, State.FAILED, State.CANCELLED):
            reason = _reason(result.problem, step.reason)
            _add(added, "result_ends", method=result.method, state=step.after, reason=reason)
            if step.after == State.DONE and step.reason == Why.KNOWN:
                _add(added, "cache_hits", method=result.method)
            elif step.after == State.DONE and result.seconds is not None:
                _observe(added, "result_seconds", result.seconds, method=result.method)
        return
    if step.after == State.LEASED:
        _observe(added, "job_wait_seconds", step.at - _queued(step), queue=job.queue)
    elif step.after == State.QUEUED and step.reason in LOST:
        _add(added, "jobs_brought_back", queue=job.queue, reason=step.reason)
    elif step.after in (State.DONE, State.FAILED, State.CANCELLED):
        _add(added, "job_ends", queue=job.queue, state=step.after, reason=_reason(job.problem, step.reason))
        if job.started is not None and job.finished is not None and step.reason != Why.KNOWN:
            _observe(added, "job_run_seconds", job.finished - job.started, queue=job.queue)
        if step.after == State.CANCELLED and job.cancel_asked is not None and job.finished is not None:
            _observe(added, "cancel_seconds", job.finished - job.cancel_asked, queue=job.queue)
            _add(added, "cancel_freed_bytes", max(0, job.freed or 0))


def _queued(step: Transition) -> datetime:
    """When the job that is claimed now began to wait."""
    before = Transition.objects.filter(job=step.job_id, result=None, after=State.QUEUED, pk__lt=step.pk)
    found = before.order_by("-pk").values_list("at", flat=True).first()
    return found or step.job.created


def _reason(problem: dict[str, object] | None, reason: str) -> str:
    """What the problem is called, where there is one: it says more than the step does."""
    return str(problem["type"]).rpartition("/")[2] if problem else reason


def _add(added: Added, name: str, amount: float = 1, /, **labels: str) -> None:
    added[name, json.dumps(labels, sort_keys=True)] += amount


def _observe(added: Added, name: str, value: float | timedelta, **labels: str) -> None:
    seconds = max(0.0, value.total_seconds() if isinstance(value, timedelta) else value)
    place = bisect_left(BUCKETS, seconds)
    _add(added, f"{name}_sum", seconds, **labels)
    _add(added, f"{name}_bucket", 1, le=_bound(place), **labels)


def _bound(place: int) -> str:
    return "+Inf" if place == len(BUCKETS) else str(BUCKETS[place])


def counters(name: str) -> Iterator[tuple[dict[str, str], float]]:
    """Labels and values of a counter."""
    for labels, value in Tally.objects.filter(name=name).values_list("labels", "value"):
        yield json.loads(labels), value


def histograms(name: str) -> Iterator[tuple[dict[str, str], list[tuple[str, float]], float]]:
    """Labels, (upper bound, how many were at most that) for each bucket, and the sum, of each histogram of a name."""
    sums = {json.dumps(labels, sort_keys=True): value for labels, value in counters(f"{name}_sum")}
    found: dict[str, dict[str, float]] = {key: {} for key in sums}
    for labels, value in counters(f"{name}_bucket"):
        bound = labels.pop("le")
        found.setdefault(json.dumps(labels, sort_keys=True), {})[bound] = value
    for key, counts in found.items():
        yield json.loads(key), list(_cumulated(counts)), sums.get(key, 0.0)


def _cumulated(counts: dict[str, float]) -> Iterable[tuple[str, float]]:
    total = 0.0
    for place in range(len(BUCKETS) + 1):
        bound = _bound(place)
        total += counts.get(bound, 0)
        yield bound, total
