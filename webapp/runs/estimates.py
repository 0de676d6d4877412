"""What a job will cost, and when it will be its turn: told before it is asked for, and kept with it."""

from collections.abc import Sequence

from webapp.catalogue.selectors import Cards
from webapp.runs import order
from webapp.runs.models import Job, State
from webapp.uploads.models import Source


def job_expect(*, job: Job, sources: Sequence[Source], cards: Cards) -> None:
    """Keep what a job is expected to cost, and give it its turn. Within the transaction that makes it."""
    if job.state == State.QUEUED:
        order.place(job=job)
