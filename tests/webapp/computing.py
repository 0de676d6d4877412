"""What a worker would compute, without computing."""

from typing import Any

import numpy as np

from webapp.catalogue.selectors import Cards
from webapp.runs import work
from webapp.runs.models import Job
from workers.contract import (
    Continuation,
    Figure,
    Generate,
    Lens,
    Provenance,
    Result,
    ScoresPanel,
    Strip,
    Track,
    Unit,
)


def result(method: str = "surprisal", source: str | None = None, values: tuple[float, ...] = (0.5, 1.25)) -> Result:
    """A small result over two tokens."""
    units = [Unit(kind="token", id=1, text="he"), Unit(kind="token", id=2, text="llo")]
    track = Track(name=method, label=method, domain=(0, 2), values=np.array(values, dtype=np.float32))
    return Result(
        method=method,
        version=1,
        lens=Lens.UNCERTAINTY,
        strips=[Strip(id="main", role="text", label="Text", source=source, units=units)],
        panels=[ScoresPanel(strip="main", tracks=[track])],
        figures={"perplexity": Figure(value=2.5, label="Perplexity")},
        provenance=Provenance(
            device="cpu", method=method, version=1, parameters={}, seconds=0.25, peak_memory_bytes=1, reads="r"
        ),
    )


def continuation(finish: Any = "length") -> Continuation:
    """Three tokens."""
    return Continuation(ids=[7, 8, 9], text=" abc", finish=finish, generate=Generate(max_new_tokens=3))


def claim(queue: str = "gpu") -> tuple[work.Lease, Job]:
    """The next job of a queue, begun."""
    lease = work.job_claim(queue=queue, worker="w:1:0")
    assert lease is not None
    return lease, work.job_begin(lease=lease)


def cards(job: Job) -> Cards:
    """The cards of a job's methods and model."""
    return Cards(methods=[row.method for row in job.results.all()], models=[job.model] if job.model else [])


def finish(queue: str = "gpu", **more: Any) -> Job:
    """Compute the next job of a queue to its end."""
    lease, job = claim(queue)
    if job.run.generate and job.model:
        work.continuation_store(lease=lease, job=job, continuation=continuation(), cards=cards(job))
    for row in job.results.all():
        computed = result(row.method, **more)
        work.result_store(lease=lease, job=job, index=row.index, computed=computed, cards=cards(job))
    work.job_finish(lease=lease)
    job.refresh_from_db()
    return job
