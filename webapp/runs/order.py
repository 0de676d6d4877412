"""Who is next: the order in which queued jobs are handed out, and a job's place in it."""

from collections.abc import Collection

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from webapp.runs.models import ACTIVE, Job, State


def waiting(queue: str | None = None) -> QuerySet[Job]:
    """Queued jobs, the next one first: by priority, then in turn among their owners, then by age."""
    jobs = Job.objects.filter(state=State.QUEUED)
    if queue is not None:
        jobs = jobs.filter(queue=queue)
    ahead = (
        Job.objects.filter(owner=OuterRef("owner"), queue=OuterRef("queue"))
        .filter(Q(state__in=ACTIVE) | Q(state=State.QUEUED, created__lt=OuterRef("created")))
        .order_by()
        .values("owner")
        .annotate(count=Count("pk"))
        .values("count")
    )
    turn = Coalesce(Subquery(ahead, output_field=IntegerField()), 0)
    return jobs.annotate(turn=turn).order_by("-priority", F("turn"), "created", "id")


def claimable(queue: str, *, loaded: Collection[str] = ()) -> QuerySet[Job]:
    """Those that may start now: no other job of the same run and model runs; models in memory go first in a turn."""
    sibling = Job.objects.filter(run=OuterRef("run"), model=OuterRef("model"), state__in=ACTIVE)
    cold = Case(When(model__in=list(loaded), then=Value(0)), default=Value(1), output_field=IntegerField())
    jobs = waiting(queue).filter(~Exists(sibling), cancelling=False)
    return jobs.annotate(cold=cold).order_by("-priority", F("turn"), "cold", "created", "id")


def positions(job_ids: Collection[str]) -> dict[str, int]:
    """How many jobs are ahead of each of these in its queue (those that are not queued are left out)."""
    wanted = Job.objects.filter(pk__in=job_ids, state=State.QUEUED).values_list("queue", flat=True).distinct()
    found: dict[str, int] = {}
    for queue in wanted:
        ids = waiting(queue).values_list("pk", flat=True)
        found |= {pk: place for place, pk in enumerate(ids) if pk in job_ids}
    return found
