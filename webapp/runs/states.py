"""The written state machine of jobs and of their results, and the one way in which their states change.

    asked ──▶ QUEUED ── claimed ──▶ LEASED ── begun ──▶ RUNNING ── finished ──▶ DONE
              ▲  │  ◀── lease lost, released ──┘  │        │
              │  │  ◀── lease lost, released, ────┼────────┤
              │  ├── model switched off ──▶ FAILED │        │
              │  ├── known ──▶ DONE               ├────────┼── failed, worker lost, too long ──▶ FAILED
              │  └── cancelled ──▶ CANCELLED ◀────┴────────┴── cancelled, killed                   │
              │                       │                                                            │
              └──────────────────── tried again ───────────────────────────────────────────────────┘

A result walks the same way without LEASED: it runs once its method is at work. It follows its job: a job that ends
takes along every result that has no end yet, a job that is queued again those that ran, a job that is tried again
those that came to nothing. What is done stays done.

Each step is one compare-and-set on the state (and, for a job, the lease) that the caller read, one row of
`Transition`, and one numbered piece of news, in one transaction. Who comes second changes nothing.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from webapp.runs import news
from webapp.runs.models import ACTIVE, ENDED, OPEN, Job, Result, State, Transition
from webapp.runs.shapes import job_data, result_data

logger = logging.getLogger("tessera.states")


class Why(StrEnum):
    """The reason of a step, as it is kept and shown."""

    ASKED = "asked"
    CLAIMED = "claimed by a worker"
    BEGUN = "begun"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "cancelled, its process was killed"
    TOO_LONG = "took too long"
    LEASE_LOST = "its lease stood still"
    WORKER_LOST = "its worker died"
    WORKER_LOST_TOO_OFTEN = "its worker died too often"
    RELEASED = "given back by its worker"
    KNOWN = "computed before"
    SWITCHED_OFF = "its model was switched off"
    AGAIN = "tried again"


Moves = Mapping[tuple[State, State], frozenset[Why]]

_LOST = frozenset({Why.LEASE_LOST, Why.WORKER_LOST, Why.RELEASED})
_FAILED = frozenset({Why.FAILED, Why.TOO_LONG, Why.WORKER_LOST_TOO_OFTEN})
_CANCELLED = frozenset({Why.CANCELLED, Why.KILLED, *_LOST})
_AGAIN = frozenset({Why.AGAIN})

JOB: Moves = {
    (State.QUEUED, State.LEASED): frozenset({Why.CLAIMED}),
    (State.QUEUED, State.DONE): frozenset({Why.KNOWN}),
    (State.QUEUED, State.CANCELLED): frozenset({Why.CANCELLED}),
    (State.QUEUED, State.FAILED): frozenset({Why.SWITCHED_OFF}),
    (State.LEASED, State.RUNNING): frozenset({Why.BEGUN}),
    (State.LEASED, State.QUEUED): _LOST,
    (State.LEASED, State.FAILED): _FAILED,
    (State.LEASED, State.CANCELLED): _CANCELLED,
    (State.RUNNING, State.QUEUED): _LOST,
    (State.RUNNING, State.DONE): frozenset({Why.FINISHED}),
    (State.RUNNING, State.FAILED): _FAILED,
    (State.RUNNING, State.CANCELLED): _CANCELLED,
    (State.FAILED, State.QUEUED): _AGAIN,
    (State.CANCELLED, State.QUEUED): _AGAIN,
}
"""Every step that a job may take, and for which reasons."""

RESULT: Moves = {
    (State.QUEUED, State.RUNNING): frozenset({Why.BEGUN}),
    (State.QUEUED, State.DONE): frozenset({Why.FINISHED, Why.KNOWN}),
    (State.QUEUED, State.FAILED): _FAILED | {Why.SWITCHED_OFF},
    (State.QUEUED, State.CANCELLED): _CANCELLED,
    (State.RUNNING, State.QUEUED): _LOST,
    (State.RUNNING, State.DONE): frozenset({Why.FINISHED}),
    (State.RUNNING, State.FAILED): _FAILED,
    (State.RUNNING, State.CANCELLED): _CANCELLED,
    (State.FAILED, State.QUEUED): _AGAIN,
    (State.CANCELLED, State.QUEUED): _AGAIN,
}
"""Every step that a result may take, and for which reasons."""


class IllegalMove(ValueError):
    """The code asked for a step that the state machine does not have."""


def made(job: Job, results: Iterable[Result]) -> None:
    """A job and its results were written, queued: keep that as their first step, and tell it. Within a transaction."""
    first = {"job": job, "after": State.QUEUED, "reason": Why.ASKED}
    rows = [Transition(**first), *(Transition(**first, result=result) for result in results)]
    Transition.objects.bulk_create(rows)
    logger.info("job asked of %s", job.model or "no model", extra={"run": job.run_id, "job": job.pk})
    _tell_job(job)


@transaction.atomic
def job_move(
    job: Job,
    after: State,
    why: Why,
    *,
    only: Mapping[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
    fault: str = "",
    **fields: Any,
) -> bool:
    """Take a job, and with it its results, from the state in which `job` was read to another.

    False: somebody moved it or took its lease since, or a condition of `only` does not hold; nothing is changed.
    True: moved, and `job` is what the row is now. `problem` and `fault` also go to the results that end with it.
    IllegalMove: there is no such step.
    """
    before = State(job.state)
    _check(JOB, before, after, why)
    worker = fields.get("worker", job.worker)
    row = Job.objects.filter(pk=job.pk, state=before, token=job.token, **(only or {}))
    if not row.update(state=after, problem=problem, **_entering(job, after), **fields):
        return False
    job.refresh_from_db()
    Transition.objects.create(job=job, before=before, after=after, reason=why, worker=worker)
    logger.info(
        "job %s → %s: %s", before, after, why, extra={"run": job.run_id, "job": job.pk, "worker": worker or None}
    )
    _follow(job, after, why, worker=worker, problem=problem, fault=fault)
    _tell_job(job)
    return True


@transaction.atomic
def result_move(job: Job, result: Result, after: State, why: Why, *, worker: str | None = None, **fields: Any) -> bool:
    """Take a result of a job from the state in which it was read to another.

    False: it was moved since; nothing is changed. True: moved, and `result` is what the row is now. Whoever computes
    it holds the job's lease in the same transaction. IllegalMove: there is no such step.
    """
    before = State(result.state)
    _check(RESULT, before, after, why)
    row = Result.objects.filter(pk=result.pk, state=before)
    values = {"progress": None, "finished": _not_before(result.created) if after in ENDED else None}
    if not row.update(state=after, **(values | fields)):
        return False
    result.refresh_from_db()
    Transition.objects.create(
        job=job, result=result, before=before, after=after, reason=why, worker=job.worker if worker is None else worker
    )
    about = {"run": job.run_id, "job": job.pk, "result": result.pk}
    logger.info("result %s %s → %s: %s", result.method, before, after, why, extra=about)
    news.changed(job.run_id, "result", job=job.pk, result=result.pk, data=result_data(result))
    return True


def _check(moves: Moves, before: State, after: State, why: Why) -> None:
    if why not in moves.get((before, after), ()):
        raise IllegalMove(f"{before} → {after}: {why}")


def _entering(job: Job, after: State) -> dict[str, Any]:
    """What a job's row holds in each state; the lease is one of a state in which somebody works at it."""
    match after:
        case State.QUEUED:
            return {"token": "", "worker": "", "started": None, "finished": None}
        case State.RUNNING:
            return {"started": _not_before(job.created)}
        case State.DONE | State.FAILED | State.CANCELLED:
            return {"token": "", "finished": _not_before(job.started or job.created)}
    return {}


def _not_before(earlier: datetime) -> datetime:
    """Now, or `earlier` where the clock was set back since: nothing lasts less than no time."""
    return max(timezone.now(), earlier)


def _follow(job: Job, after: State, why: Why, *, worker: str, problem: dict[str, Any] | None, fault: str) -> None:
    """The results go along with their job."""
    if after in (State.FAILED, State.CANCELLED):
        for result in job.results.filter(state__in=OPEN):
            result_move(job, result, after, why, worker=worker, problem=problem, fault=fault)
    elif after == State.QUEUED and why == Why.AGAIN:
        for result in job.results.filter(state__in=(State.FAILED, State.CANCELLED)):
            result_move(job, result, after, why, worker=worker, problem=None, fault="")
    elif after == State.QUEUED:
        for result in job.results.filter(state__in=ACTIVE):
            result_move(job, result, after, why, worker=worker)


def _tell_job(job: Job) -> None:
    news.changed(job.run_id, "state", job=job.pk, data=job_data(job))
