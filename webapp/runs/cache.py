"""Asking again answers at once: results and continuations that were computed before, for whomever."""

from collections.abc import Sequence

from django.utils import timezone

from webapp.catalogue.selectors import Cards
from webapp.runs.contents import continuation_key, result_key
from webapp.runs.models import Continuation, Job, Result, State
from webapp.runs.states import Why, job_move, result_move
from webapp.uploads.models import Source
from workers.contract import Continuation as Continued
from workers.contract import Generate, MethodCall, Reading, Target


def continuation_of(job: Job) -> Continued | None:
    """The complete continuation of the job's run and model, if there is one."""
    row = Continuation.objects.filter(run=job.run_id, model=job.model or "", finish__isnull=False).first()
    return Continued.model_validate(row.data) if row else None


def continuation_name(*, job: Job, sources: Sequence[Source], cards: Cards) -> str:
    """The key under which other runs may find what this job generates; empty when it generates nothing."""
    if not job.run.generate or job.model not in cards.models:
        return ""
    return continuation_key(
        sources=[source.sha256 for source in sources],
        reading=Reading.model_validate(job.run.reading),
        generate=Generate.model_validate(job.run.generate),
        model=cards.models[job.model],
    )


def continuation_from_cache(*, job: Job, sources: Sequence[Source], cards: Cards) -> None:
    """Take over what the same model generated for the same text and seed elsewhere (never one that was stopped)."""
    key = continuation_name(job=job, sources=sources, cards=cards)
    if not key or Continuation.objects.filter(run=job.run_id, model=job.model).exists():
        return
    known = Continuation.objects.filter(key=key, finish__in=("length", "end", "stop")).first()
    if known is not None:
        Continuation.objects.create(run=job.run, model=job.model or "", key=key, data=known.data, finish=known.finish)


def name_of(*, result: Result, job: Job, sources: Sequence[Source], cards: Cards) -> str:
    """The content key of a result of this job, given the run's stored continuation."""
    generate = job.run.generate or {}
    return result_key(
        sources=[source.sha256 for source in sources],
        reading=Reading.model_validate(job.run.reading),
        continuation=continuation_of(job),
        targets=[Target.model_validate(target) for target in job.targets],
        model=job.model,
        call=MethodCall.model_validate(result.call),
        seed=int(generate.get("seed", 0)),
        cards=cards,
    )


def answer_from_cache(*, job: Job, sources: Sequence[Source], cards: Cards) -> None:
    """Mark as done whatever was computed before; the job too, when nothing is left of it. Within a transaction."""
    if job.run.generate and job.model and continuation_of(job) is None:
        return
    missing = 0
    for result in job.results.exclude(state=State.DONE):
        key = name_of(result=result, job=job, sources=sources, cards=cards)
        known = Result.objects.filter(key=key, state=State.DONE).first()
        if known is None:
            missing += 1
            continue
        kept = {"key": key, "size": known.size, "figures": known.figures, "seconds": known.seconds}
        result_move(job, result, State.DONE, Why.KNOWN, **kept)
    if not missing:
        job_move(job, State.DONE, Why.KNOWN, started=timezone.now())


def known_continuation(
    *, sources: Sequence[str], reading: Reading, generate: Generate | None, model: str | None, cards: Cards
) -> Continued | None:
    """What a model was once heard to say after sources of these content hashes, for whomever; None: nothing yet."""
    if generate is None or model not in cards.models:
        return None
    key = continuation_key(sources=sources, reading=reading, generate=generate, model=cards.models[model])
    row = Continuation.objects.filter(key=key, finish__in=("length", "end", "stop")).first()
    return Continued.model_validate(row.data) if row else None


def is_known(key: str) -> bool:
    """Whether there is a result of this content key."""
    return Result.objects.filter(key=key, state=State.DONE).exists()
