"""What a person does to runs."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from webapp.catalogue.selectors import Cards
from webapp.common.errors import Fault, refuse, system_problem
from webapp.common.owners import Owner
from webapp.runs import dispatch, estimates, news, order, spending, twins
from webapp.runs.cache import answer_from_cache, continuation_from_cache
from webapp.runs.checks import Plan, plans
from webapp.runs.models import ACTIVE, OPEN, Job, Queue, Result, Run, State
from webapp.runs.selectors import run_of, sources_of
from webapp.runs.shapes import job_data
from webapp.runs.states import Why, job_move, made
from webapp.uploads import services as uploads
from webapp.uploads.models import Source
from workers.contract import Branch, Generate, JobsRequest, RunRequest

LABEL = 80


def run_start(*, request: RunRequest, owner: Owner, address: str) -> tuple[Run, list[Job]]:
    """Check a request, keep it, and queue its jobs. Refusal: what cannot be done, or limits."""
    spending.check_runs(owner=owner, address=address)
    sources = _sources(request, owner, address)
    cards = _cards(request)
    kinds = {source.kind for source in sources}
    if request.generate is not None and Source.Kind.TEXT not in kinds:
        raise refuse("input-missing", "Only a text can be continued; this run holds none.", field="generate")
    planned = plans(request, kinds=kinds, generate=request.generate, cards=cards)
    if request.branch is not None:
        _check_branch(request.branch, owner)
    with transaction.atomic():
        spending.check_queue(owner=owner, address=address, more=len(planned))
        run = Run.objects.create(
            owner=owner.key,
            account_id=owner.account,
            address=address,
            label=_label(sources, request),
            source_ids=[source.pk for source in sources],
            reading=request.reading.model_dump(mode="json"),
            generate=request.generate and request.generate.model_dump(mode="json"),
            branch=request.branch and request.branch.model_dump(mode="json"),
        )
        jobs = _jobs_create(run, request, planned, sources, cards)
    return run, jobs


def jobs_add(*, run: Run, request: JobsRequest, owner: Owner, address: str) -> list[Job]:
    """Another question about the same run; its stored continuations are reused."""
    spending.check_runs(owner=owner, address=address)
    sources = sources_of(run)
    generate = Generate.model_validate(run.generate) if run.generate else None
    cards = _cards(request)
    planned = plans(request, kinds={source.kind for source in sources}, generate=generate, cards=cards)
    with transaction.atomic():
        spending.check_queue(owner=owner, address=address, more=len(planned))
        return _jobs_create(run, request, planned, sources, cards)


@transaction.atomic
def run_stop(*, run: Run) -> int:
    """End generation in whatever job of the run is at it, keeping what exists; how many jobs were told."""
    return run.jobs.filter(state__in=ACTIVE).update(stopping=True)


@transaction.atomic
def run_cancel(*, run: Run) -> None:
    """Cancel what is queued now, and ask what runs to end."""
    jobs_ask_to_end(jobs=run.jobs.filter(state__in=OPEN))
    for job in run.jobs.filter(state=State.QUEUED):
        job_cancel_queued(job=job)


def jobs_ask_to_end(*, jobs: QuerySet[Job]) -> int:
    """Ask whoever works at these jobs to end; the first asking counts. How many had not been asked before."""
    return sum(_ask_to_end(job) for job in jobs.filter(cancelling=False, state__in=OPEN))


@transaction.atomic
def _ask_to_end(job: Job) -> bool:
    row = Job.objects.filter(pk=job.pk, cancelling=False, state__in=OPEN)
    if not row.update(cancelling=True, cancel_asked=timezone.now()):
        return False
    job.refresh_from_db()
    if job.state in ACTIVE:  # it says “cancelling …” until its end
        news.changed(job.run_id, "state", job=job.pk, data=job_data(job))
    return True


def job_cancel_queued(*, job: Job) -> bool:
    """Cancel a job that nobody works at; False when it was claimed meanwhile."""
    job.refresh_from_db()
    if job.state != State.QUEUED:
        return False
    problem = system_problem("cancelled").model_dump(mode="json")
    return job_move(job, State.CANCELLED, Why.CANCELLED, problem=problem, fault=Fault.CANCELLED)


def job_retry(*, job: Job) -> bool:
    """Queue a job that failed or was cancelled once more; False when it is in another state."""
    job.refresh_from_db()
    if job.state not in (State.FAILED, State.CANCELLED):
        return False
    fresh: dict[str, Any] = {"cancelling": False, "cancel_asked": None, "stopping": False, "attempts": 0, "freed": None}
    with transaction.atomic():
        again = job_move(job, State.QUEUED, Why.AGAIN, **fresh)
        if again:
            order.place(job=job)
            dispatch.wake_on_commit([job.queue])
    return again


def _sources(request: RunRequest, owner: Owner, address: str) -> list[Source]:
    if len(set(request.source_ids)) != len(request.source_ids):
        raise refuse("source-unknown", "A source is named twice.", field="source_ids")
    found = {source.pk: source for source in Source.objects.filter(owner.owned(), pk__in=request.source_ids)}
    for index, id in enumerate(request.source_ids):
        if id not in found:
            raise refuse("source-unknown", "There is no such source, or it is not yours.", field=f"source_ids.{index}")
    sources = [found[id] for id in request.source_ids]
    if request.text is not None:
        sources.insert(0, uploads.text_keep(text=request.text, owner=owner, address=address, field="text"))
    return sources


def _check_branch(branch: Branch, owner: Owner) -> None:
    if not run_of(branch.run, owner).jobs.filter(model=branch.model).exists():
        detail = f"The run that this one departs from asked nothing of the model {branch.model!r}."
        raise refuse("model-unknown", detail, field="branch.model")


def _cards(request: JobsRequest) -> Cards:
    roles = [key for call in request.methods for key in call.roles.values()]
    return Cards(methods=[call.key for call in request.methods], models=[*request.models, *roles])


def _label(sources: list[Source], request: RunRequest) -> str:
    return (
        " + ".join(source.label for source in sources)[:LABEL]
        or ", ".join(call.key for call in request.methods)[:LABEL]
    )


def _jobs_create(run: Run, request: JobsRequest, planned: list[Plan], sources: list[Source], cards: Cards) -> list[Job]:
    targets = [target.model_dump(mode="json") for target in request.targets]
    jobs = []
    for plan in planned:
        job = Job.objects.create(
            run=run,
            owner=run.owner,
            model=plan.model,
            targets=targets,
            queue=Queue(plan.queue),
            priority=estimates.BACKGROUND if plan.background else estimates.FOREGROUND,
        )
        results = [
            Result.objects.create(
                job=job,
                index=index,
                method=call.key,
                lens=cards.methods[call.key].lens,
                call=call.model_dump(mode="json"),
            )
            for index, call in enumerate(plan.calls)
        ]
        made(job, results)
        twins.content_keep(job=job, results=results, sources=sources, cards=cards)
        if plan.model is not None:
            continuation_from_cache(job=job, sources=sources, cards=cards)
        answer_from_cache(job=job, sources=sources, cards=cards)
        estimates.job_expect(job=job, sources=sources, cards=cards)
        jobs.append(job)
    dispatch.wake_on_commit([job.queue for job in jobs if job.state == State.QUEUED])
    return jobs
