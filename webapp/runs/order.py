"""Who is next: the order in which queued jobs are handed out.

Weighted fair queueing (self-clocked: Golestani 1994). A job's `turn` is fixed when it is queued: its person's latest
turn, or what the queue has reached by now if that is more, and the seconds that it is expected to take. Whoever asks
for a hundred things gets a hundred turns one after the other, and somebody else's one comes between the first two.
People of one address share turns as far as they are many: deleting a cookie gains nothing.
"""

from collections.abc import Collection, Sequence

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

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
    mine = Job.objects.filter(owner=job.owner, queue=job.queue, state__in=OPEN).exclude(pk=job.pk)
    latest = mine.aggregate(latest=Max("turn"))["latest"] or 0.0
    job.turn = max(latest, _reached(job)) + expected_seconds(job.cost) * _share(job)
    Job.objects.filter(pk=job.pk).update(turn=job.turn)


def expected_seconds(cost: dict[str, float] | None) -> float:
    """What a job's stored cost says of its seconds, `UNKNOWN` when nothing."""
    return (cost or {}).get("expected") or UNKNOWN


def _reached(job: Job) -> float:
    """The turn that the queue is at: of what runs, else of what is next before it has begun."""
    others = Job.objects.filter(queue=job.queue).exclude(pk=job.pk)
    running = others.filter(state__in=ACTIVE).aggregate(turn=Max("turn"))["turn"]
    if running is not None:
        return float(running)
    following: Sequence[Job] = others.filter(state=State.QUEUED).order_by("-priority", "turn", "created", "id")[:1]
    return max(0.0, following[0].turn - expected_seconds(following[0].cost)) if following else 0.0


def _share(job: Job) -> int:
    """How many others without an account at the same address wait; at least one."""
    if job.run.account_id is not None or not job.run.address:
        return 1
    here = Q(run__address=job.run.address, run__account=None)
    return max(1, Job.objects.filter(here, state__in=OPEN).exclude(owner=job.owner).values("owner").distinct().count())
