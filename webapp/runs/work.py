"""What a worker does to jobs. Every step holds the lease by compare-and-set: who lost it can change nothing."""

import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from webapp.catalogue.selectors import Cards
from webapp.common.errors import Fault, system_problem
from webapp.limits.selectors import limits_for
from webapp.runs import news, timing, twins
from webapp.runs.cache import continuation_name, name_of
from webapp.runs.contents import result_write
from webapp.runs.models import ACTIVE, OPEN, Continuation, Job, Result, State
from webapp.runs.offers import offers
from webapp.runs.selectors import sources_of
from webapp.runs.shapes import job_data
from webapp.runs.states import Why, job_move, result_move
from workers.contract import Continuation as Continued
from workers.contract import DeltaData, Problem, ProgressData
from workers.contract import Result as Computed

LEASE = settings.LEASE_SECONDS
"""Seconds for which a lease may stand still before whoever watches it calls it lost."""
ATTEMPTS = 2
"""A job that lost its worker this often is not tried again."""


class LeaseLost(Exception):
    """Somebody else holds the job, or nobody does: stop working at it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work at a job."""

    job: str
    run: str
    token: str


def job_claim(*, queue: str, worker: str, loaded: Collection[str] = ()) -> Lease | None:
    """Take the next job of a queue; the attempt is counted before anything is loaded. None: nothing to do."""
    for job in offers(queue=queue, worker=worker, loaded=loaded):
        lease = Lease(job.pk, job.run_id, secrets.token_hex(16))
        held: dict[str, Any] = {"token": lease.token, "worker": worker, "attempts": F("attempts") + 1}
        with suppress(IntegrityError):  # at this very moment its twin was claimed
            if job_move(job, State.LEASED, Why.CLAIMED, only={"cancelling": False}, **held):
                return lease
    return None


def _hold(lease: Lease) -> Job:
    """Renew the lease; within a transaction this also locks the row until its end. LeaseLost."""
    row = Job.objects.filter(pk=lease.job, token=lease.token, state__in=ACTIVE)
    if not row.update(renewals=F("renewals") + 1):
        raise LeaseLost(lease.job)
    return Job.objects.select_related("run").get(pk=lease.job)


def job_renew(*, lease: Lease) -> None:
    """Say that the job is still being worked at. LeaseLost."""
    _hold(lease)


def job_wishes(*, lease: Lease) -> tuple[bool, bool]:
    """Whether the person wants the job cancelled, and its generation stopped. LeaseLost."""
    row = Job.objects.filter(pk=lease.job, token=lease.token, state__in=ACTIVE).values_list("cancelling", "stopping")
    wishes = row.first()
    if wishes is None:
        raise LeaseLost(lease.job)
    return wishes


@transaction.atomic
def job_begin(*, lease: Lease) -> Job:
    """The job is being computed now. LeaseLost."""
    job = _hold(lease)
    if not job_move(job, State.RUNNING, Why.BEGUN):
        raise LeaseLost(lease.job)
    return job


@transaction.atomic
def result_progress(*, lease: Lease, index: int | None, progress: ProgressData) -> None:
    """Keep how far a call is (None: the job before its calls). LeaseLost."""
    job = _hold(lease)
    data = progress.model_dump(mode="json")
    if index is None:
        job.results.filter(state=State.QUEUED).update(progress=data)
        return
    result = job.results.get(index=index)
    if result.state == State.QUEUED:
        result_move(job, result, State.RUNNING, Why.BEGUN, progress=data)
    elif result.state == State.RUNNING:
        job.results.filter(pk=result.pk).update(progress=data)


def progress_tell(*, lease: Lease, result: str | None, progress: ProgressData) -> None:
    """News of how far a call is; kept nowhere."""
    news.passing(lease.run, "progress", job=lease.job, result=result, data=progress.model_dump(mode="json"))


def delta_tell(*, lease: Lease, delta: DeltaData) -> None:
    """News of tokens as they are generated."""
    news.passing(lease.run, "delta", job=lease.job, data=delta.model_dump(mode="json"))


@transaction.atomic
def continuation_keep(*, lease: Lease, model: str, ids: list[int], text: str) -> None:
    """Keep what was generated so far. LeaseLost."""
    _hold(lease)
    row = {"data": {"ids": ids, "text": text, "finish": None}, "finish": None}
    Continuation.objects.update_or_create(run_id=lease.run, model=model, defaults=row)


@transaction.atomic
def continuation_store(*, lease: Lease, job: Job, continuation: Continued, cards: Cards) -> None:
    """Keep what was generated, complete. LeaseLost."""
    _hold(lease)
    key = continuation_name(job=job, sources=sources_of(job.run), cards=cards)
    row = {
        "data": continuation.model_dump(mode="json"),
        "finish": continuation.finish,
        "key": key if continuation.finish != "stopped" else "",
    }
    Continuation.objects.update_or_create(run_id=lease.run, model=job.model or "", defaults=row)
    if continuation.finish == "stopped":  # heard: the next wish to stop is meant for a method
        Job.objects.filter(pk=lease.job).update(stopping=False)
    news.changed(lease.run, "state", job=lease.job, data=job_data(Job.objects.get(pk=lease.job)))


def result_store(*, lease: Lease, job: Job, index: int, computed: Computed, cards: Cards) -> None:
    """Keep a call's result by content; what is done already stays as it is. LeaseLost; Refusal: over the limit."""
    _hold(lease)  # before anything is written: what a lost holder found is nobody's
    result = Result.objects.get(job=lease.job, index=index)
    key = name_of(result=result, job=job, sources=sources_of(job.run), cards=cards)
    limits = limits_for(account=job.run.account_id, address=job.run.address)
    size = result_write(key=key, result=computed, limit=limits.result_bytes)
    figures = {name: figure.model_dump(mode="json") for name, figure in computed.figures.items()}
    kept: dict[str, Any] = {"key": key, "size": size, "figures": figures, "seconds": computed.provenance.seconds}
    with transaction.atomic():
        held = _hold(lease)
        result.refresh_from_db()
        if result.state in OPEN:
            result_move(held, result, State.DONE, Why.FINISHED, **kept)
            timing.result_taken(job=held, result=result, provenance=computed.provenance)


@transaction.atomic
def result_fail(*, lease: Lease, index: int, problem: Problem, fault: str) -> None:
    """Keep why a call has no result; what has an end already keeps it. LeaseLost."""
    job = _hold(lease)
    result = job.results.get(index=index)
    if result.state in OPEN:
        data = problem.model_dump(mode="json")
        result_move(job, result, State.FAILED, Why.FAILED, problem=data, fault=Fault(fault))


@transaction.atomic
def job_finish(*, lease: Lease) -> None:
    """Every call had its turn. A job of which nothing came out failed, with the first call's problem. LeaseLost."""
    job = _hold(lease)
    results = list(job.results.order_by("index"))
    failed = [result for result in results if result.state == State.FAILED]
    if results and len(failed) == len(results):
        _end(job, State.FAILED, Why.FAILED, problem=failed[0].problem)
        return
    problem = system_problem("internal").model_dump(mode="json")
    for result in results:
        if result.state in OPEN:
            result_move(job, result, State.FAILED, Why.FAILED, problem=problem, fault=Fault.SYSTEM)
    _end(job, State.DONE, Why.FINISHED)
    timing.job_taken(job=job)
    transaction.on_commit(lambda: twins.answer_waiting(job.content))


@transaction.atomic
def job_fail(*, lease: Lease, problem: Problem, fault: str) -> None:
    """The whole job failed, and with it every call that had no result yet. LeaseLost."""
    data = problem.model_dump(mode="json")
    _end(_hold(lease), State.FAILED, Why.FAILED, problem=data, fault=Fault(fault))


@transaction.atomic
def job_cancelled(*, lease: Lease, freed: int | None = None) -> None:
    """The worker ended because it was asked to, and gave back so many bytes (None: not measured). LeaseLost."""
    data = system_problem("cancelled").model_dump(mode="json")
    _end(_hold(lease), State.CANCELLED, Why.CANCELLED, problem=data, fault=Fault.CANCELLED, freed=freed)


def _end(job: Job, state: State, why: Why, **fields: Any) -> None:
    if not job_move(job, state, why, **fields):
        raise LeaseLost(job.pk)
