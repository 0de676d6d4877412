"""What a worker does to jobs. Every step holds the lease by compare-and-set: who lost it can change nothing."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from webapp.catalogue.selectors import Cards
from webapp.common.errors import Fault, system_problem
from webapp.limits.selectors import limits_for
from webapp.queues.selectors import is_paused
from webapp.runs import news, order
from webapp.runs.cache import continuation_name, name_of
from webapp.runs.contents import result_write
from webapp.runs.models import ACTIVE, Continuation, Job, Result, State
from webapp.runs.selectors import sources_of
from webapp.runs.services import job_close
from webapp.runs.shapes import job_data, result_data
from workers.contract import Continuation as Continued
from workers.contract import DeltaData, Problem, ProgressData
from workers.contract import Result as Computed

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
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
    if is_paused(queue):
        return None
    for job in order.claimable(queue, loaded=loaded)[:8]:
        lease = Lease(job.pk, job.run_id, secrets.token_hex(16))
        if _take(lease, worker):
            return lease
    return None


@transaction.atomic
def _take(lease: Lease, worker: str) -> bool:
    row = Job.objects.filter(pk=lease.job, state=State.QUEUED, cancelling=False)
    taken = row.update(
        state=State.LEASED,
        token=lease.token,
        worker=worker,
        lease_until=timezone.now() + LEASE,
        attempts=F("attempts") + 1,
    )
    if taken:
        _tell_job(lease)
    return bool(taken)


def _hold(lease: Lease) -> None:
    """Renew the lease; within a transaction this also locks the row until its end. LeaseLost."""
    row = Job.objects.filter(pk=lease.job, token=lease.token, state__in=ACTIVE)
    if not row.update(lease_until=timezone.now() + LEASE):
        raise LeaseLost(lease.job)


def job_renew(*, lease: Lease) -> None:
    """Say that the job is still being worked at. LeaseLost."""
    _hold(lease)


def job_wishes(*, lease: Lease) -> tuple[bool, bool]:
    """Whether the person (or a new holder of the lease) wants the job cancelled, and its generation stopped."""
    row = Job.objects.filter(pk=lease.job, token=lease.token, state__in=ACTIVE).values_list("cancelling", "stopping")
    return row.first() or (True, True)


@transaction.atomic
def job_begin(*, lease: Lease) -> Job:
    """The job is being computed now. LeaseLost."""
    _hold(lease)
    Job.objects.filter(pk=lease.job).update(state=State.RUNNING, started=timezone.now())
    _tell_job(lease)
    return Job.objects.select_related("run").get(pk=lease.job)


@transaction.atomic
def result_progress(*, lease: Lease, index: int | None, progress: ProgressData) -> None:
    """Keep how far a call is (None: the job before its calls). LeaseLost."""
    _hold(lease)
    rows = Result.objects.filter(job=lease.job, state__in=(State.QUEUED, State.RUNNING))
    if index is not None:
        rows = rows.filter(index=index)
    state = State.QUEUED if index is None else State.RUNNING
    rows.update(progress=progress.model_dump(mode="json"), state=state)


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
    _tell_job(lease)


def result_store(*, lease: Lease, job: Job, index: int, computed: Computed, cards: Cards) -> None:
    """Keep a call's result by content. LeaseLost; Refusal: it is over the limit."""
    result = Result.objects.get(job=lease.job, index=index)
    key = name_of(result=result, job=job, sources=sources_of(job.run), cards=cards)
    limits = limits_for(account=job.run.account_id, address=job.run.address)
    size = result_write(key=key, result=computed, limit=limits.result_bytes)
    with transaction.atomic():
        _hold(lease)
        result.key, result.size, result.state = key, size, State.DONE
        result.figures = {name: figure.model_dump(mode="json") for name, figure in computed.figures.items()}
        result.seconds, result.finished, result.progress = computed.provenance.seconds, timezone.now(), None
        result.save()
        news.changed(lease.run, "result", job=lease.job, result=result.pk, data=result_data(result))


@transaction.atomic
def result_fail(*, lease: Lease, index: int, problem: Problem, fault: str) -> None:
    """Keep why a call has no result. LeaseLost."""
    _hold(lease)
    result = Result.objects.get(job=lease.job, index=index)
    result.state, result.problem, result.fault = State.FAILED, problem.model_dump(mode="json"), Fault(fault)
    result.finished, result.progress = timezone.now(), None
    result.save()
    news.changed(lease.run, "result", job=lease.job, result=result.pk, data=result_data(result))


@transaction.atomic
def job_finish(*, lease: Lease) -> None:
    """Every call had its turn. A job of which nothing came out failed, with the first call's problem. LeaseLost."""
    _hold(lease)
    results = list(Result.objects.filter(job=lease.job).order_by("index"))
    failed = [result for result in results if result.state == State.FAILED]
    if results and len(failed) == len(results):
        _end(lease, State.FAILED, failed[0].problem)
        return
    problem = system_problem("internal")
    for result in results:
        if result.state not in (State.DONE, State.FAILED):
            result_fail(lease=lease, index=result.index, problem=problem, fault=Fault.SYSTEM)
    _end(lease, State.DONE, None)
    _tell_job(lease)


@transaction.atomic
def job_fail(*, lease: Lease, problem: Problem, fault: str) -> None:
    """The whole job failed, and with it every call that had no result yet. LeaseLost."""
    _hold(lease)
    data = problem.model_dump(mode="json")
    Result.objects.filter(job=lease.job, state__in=(State.QUEUED, State.RUNNING)).update(fault=Fault(fault))
    _end(lease, State.FAILED, data)


@transaction.atomic
def job_cancelled(*, lease: Lease) -> None:
    """The worker ended because it was asked to. LeaseLost."""
    _hold(lease)
    _end(lease, State.CANCELLED, system_problem("cancelled").model_dump(mode="json"))


def _end(lease: Lease, state: State, problem: dict[str, Any] | None) -> None:
    Job.objects.filter(pk=lease.job).update(
        state=state, problem=problem, finished=timezone.now(), lease_until=None, token=""
    )
    if state != State.DONE:
        job_close(job_id=lease.job, state=state, problem=problem)


def _tell_job(lease: Lease) -> None:
    news.changed(lease.run, "state", job=lease.job, data=job_data(Job.objects.get(pk=lease.job)))
