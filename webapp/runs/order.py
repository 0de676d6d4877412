"""Who is next: the order in which queued jobs are handed out.

Weighted fair queueing (self-clocked: Golestani 1994). A job's `turn` is fixed when it is queued: its person's latest
turn, or what the queue has reached by now if that is more, and the seconds that it is expected to take. Whoever asks
for a hundred things gets a hundred turns one after the other, and somebody else's one comes between the first two.
People of one address share turns as far as they are many: deleting a cookie gains nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from webapp.runs.models import ACTIVE, OPEN, Job, State

UNKNOWN = 1.0
"""Seconds that count for a job of which nothing is known."""
WARM = 2.0
"""A model in memory goes before jobs that are this many seconds of computing ahead of it."""
LOOKED_AT = 32


def waiting(queue: str | None = None) -> QuerySet[Job]:
    """Queued jobs, the next one first: by priority, then by turn, then by age."""
    jobs = Job.objects.filter(state=State.QUEUED)
    if queue is not None:
        jobs = jobs.filter(queue=queue)
    return jobs.order_by("-priority", "turn", "created", "id")


def startable(queue: str) -> QuerySet[Job]:
    """Those that may start now: nobody works at the same run and model, nor at the very same question."""
    active = Job.objects.filter(state__in=ACTIVE)
    sibling = active.filter(run=OuterRef("run"), model=OuterRef("model"))
    twin = active.filter(content=OuterRef("content")).exclude(content="")
    return waiting(queue).filter(~Exists(sibling), ~Exists(twin), cancelling=False)


def claimable(queue: str, *, loaded: Collection[str] = ()) -> list[Job]:
    """The next jobs that may start, those whose model is in memory first among jobs whose turns are about equal."""
    jobs = list(startable(queue)[:LOOKED_AT])
    if not jobs:
        return []
    first = jobs[0]
    near = [job for job in jobs if job.priority == first.priority and job.turn <= first.turn + WARM]
    return sorted(near, key=lambda job: job.model not in loaded) + jobs[len(near) :]


def place(*, job: Job) -> None:
    """Give a queued job its turn, behind its person's other ones. `job.cost` says how many seconds that takes."""
    who = Who(job.owner, job.run.account_id, job.run.address)
    job.turn = turn_for(who, queue=job.queue, seconds=expected_seconds(job.cost), besides=job.pk)
    Job.objects.filter(pk=job.pk).update(turn=job.turn)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose turn it is: the key under which a job is kept, the account if there is one, and the hashed address."""

    owner: str
    account: int | None
    address: str


def turn_for(who: Who, *, queue: str, seconds: float, besides: str = "") -> float:
    """The turn that a person's next job of so many seconds gets, the job `besides` left out of account."""
    mine = Job.objects.filter(owner=who.owner, queue=queue, state__in=OPEN).exclude(pk=besides)
    latest = mine.aggregate(latest=Max("turn"))["latest"] or 0.0
    return max(latest, _reached(queue, besides)) + seconds * _share(who)


def expected_seconds(cost: dict[str, Any] | None) -> float:
    """What a job's stored cost says of its seconds, `UNKNOWN` when nothing."""
    return float((cost or {}).get("expected") or UNKNOWN)


def _reached(queue: str, besides: str) -> float:
    """The turn that a queue is at: of what runs, else of what is next before it has begun."""
    others = Job.objects.filter(queue=queue).exclude(pk=besides)
    running = others.filter(state__in=ACTIVE).aggregate(turn=Max("turn"))["turn"]
    if running is not None:
        return float(running)
    following = waiting(queue).exclude(pk=besides).first()
    return max(0.0, following.turn - expected_seconds(following.cost)) if following else 0.0


def _share(who: Who) -> int:
    """How many others without an account at the same address wait; at least one."""
    if who.account is not None or not who.address:
        return 1
    here = Job.objects.filter(run__address=who.address, run__account=None, state__in=OPEN)
    return max(1, here.exclude(owner=who.owner).values("owner").distinct().count())
