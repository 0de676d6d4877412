"""What a question will cost, and when it will be its turn: told before it is asked, and kept with its job."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.catalogue.selectors import Cards
from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.queues.selectors import largest_room
from webapp.runs import line, order, timing
from webapp.runs.cache import continuation_of, is_known, known_continuation
from webapp.runs.checks import Plan, plans
from webapp.runs.contents import result_key
from webapp.runs.measuring import Measured, Question, measure
from webapp.runs.models import Job, Queue, Run, State
from webapp.runs.selectors import sources_of
from webapp.uploads.models import Source
from webapp.uploads.selectors import source_of
from webapp.uploads.services import text_check
from workers.contract import (
    Basis,
    Continuation,
    Estimate,
    Generate,
    JobEstimate,
    JobsRequest,
    MethodCall,
    Reading,
    Refusal,
    RunRequest,
    Seconds,
)

FOREGROUND, BACKGROUND = 5, 0
"""Priorities of jobs that somebody waits for, and of those that take long by nature."""


@dataclass(frozen=True)
class Expected:
    """What a job costs, and its seconds where something is known of them."""

    measured: Measured
    taken: timing.Taken | None
    basis: Basis


def job_expect(*, job: Job, sources: Sequence[Source], cards: Cards) -> None:
    """Keep what a queued job will cost, and give it its turn. Within the transaction that makes it.

    Refusal: no worker has the memory that it needs.
    """
    if job.state != State.QUEUED:
        return
    left = [result for result in job.results.all() if result.state == State.QUEUED]
    question = Question(
        model=job.model,
        calls=[MethodCall.model_validate(result.call) for result in left],
        sources=sources,
        targets=len(job.targets),
        generate=Generate.model_validate(job.run.generate) if job.run.generate else None,
        continuation=continuation_of(job),
        cards=cards,
    )
    expected = expect(question)
    if (refusal := too_large(expected.measured, job.queue)) is not None:
        raise refusal
    made, taken = expected.measured, expected.taken
    job.length = made.length
    job.cost = {
        "basis": expected.basis,
        "runs": taken.runs if taken else 0,
        "low": taken and taken.low,
        "expected": taken and taken.expected,
        "high": taken and taken.high,
        "passes": made.passes,
        "most": made.most,
        "memory": made.memory,
        "steps": made.steps,
        "each": {str(result.index): passes for result, passes in zip(left, made.each, strict=True)},
    }
    Job.objects.filter(pk=job.pk).update(length=job.length, cost=job.cost)
    order.place(job=job)


def expect(question: Question) -> Expected:
    """What a question costs by the cards, and how long that takes by what is known of past runs."""
    made = measure(question)
    known = timing.Timings(question.model)
    calls = zip(question.calls, made.each, strict=True)
    parts = [known.taken(call.key, made.length, passes) for call, passes in calls]
    if around := known.taken(timing.AROUND, made.steps, made.steps):
        parts.append(around)
    taken = timing.together(parts)
    basis: Basis = "unknown" if taken is None else "runs" if taken.runs else "passes"
    return Expected(made, taken, basis)


def too_large(made: Measured, queue: str) -> Refusal | None:
    """The refusal of what no live worker has memory for; None where it fits, or no worker said what it has."""
    room = largest_room(queue)
    if room is None or made.memory <= room:
        return None
    needs, has = (f"{value / 2**20:,.0f} MiB" for value in (made.memory, room))
    detail = (
        f"This needs about {needs} of memory (the models and what they compute); the largest worker has {has}. "
        "Shorten the input, or choose a smaller model."
    )
    return refuse("too-much-memory", detail, limit=room, value=made.memory)


@dataclass(frozen=True)
class Input:
    """What is asked about: sources, how they are read, and how the text goes on (None: as it is known to, or not)."""

    sources: Sequence[Source]
    reading: Reading
    generate: Generate | None
    run: Run | None = None

    def continuation(self, model: str | None, cards: Cards) -> Continuation | None:
        """What the model says after the input, as far as that is known by now."""
        if self.run is not None:
            row = self.run.continuations.filter(model=model or "", finish__isnull=False).first()
            return Continuation.model_validate(row.data) if row else None
        keys = [source.sha256 for source in self.sources]
        return known_continuation(sources=keys, reading=self.reading, generate=self.generate, model=model, cards=cards)


def estimate_new(*, request: RunRequest, owner: Owner, address: str) -> Estimate:
    """What a new run would cost and when it would begin, or why it would be refused; nothing of it is kept."""
    try:
        about = _asked_about(request, owner, address)
        return _estimates(request, about, owner, address)
    except Refusal as refusal:
        return _together([], refusal)


def estimate_further(*, run: Run, request: JobsRequest, owner: Owner, address: str) -> Estimate:
    """The same of a further question about a run."""
    generate = Generate.model_validate(run.generate) if run.generate else None
    about = Input(sources_of(run), Reading.model_validate(run.reading), generate, run)
    try:
        return _estimates(request, about, owner, address)
    except Refusal as refusal:
        return _together([], refusal)


def _asked_about(request: RunRequest, owner: Owner, address: str) -> Input:
    """The input of a request that is not kept. Refusal: a text over the limit, somebody else's source."""
    sources = [source_of(id, owner) for id in request.source_ids]
    if request.text is not None:
        text_check(text=request.text, owner=owner, address=address, field="text")
        data = request.text.encode()
        text = Source(kind=Source.Kind.TEXT, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        sources.insert(0, text)
    return Input(sources, request.reading, request.generate)


def _estimates(request: JobsRequest, about: Input, owner: Owner, address: str) -> Estimate:
    """Refusal: what cannot be done."""
    roles = [key for call in request.methods for key in call.roles.values()]
    cards = Cards(methods=[call.key for call in request.methods], models=[*request.models, *roles])
    kinds = {source.kind for source in about.sources}
    who = order.Who(owner.key, owner.account, address)
    jobs, refusal = [], None
    for plan in plans(request, kinds=kinds, generate=about.generate, cards=cards):
        question, known = _question(plan, request, about, cards)
        if known:
            jobs.append(_known(plan))
            continue
        expected = expect(question)
        refusal = refusal or too_large(expected.measured, plan.queue)
        jobs.append(_estimate(plan, expected, who))
    return _together(jobs, refusal)


def _question(plan: Plan, request: JobsRequest, about: Input, cards: Cards) -> tuple[Question, bool]:
    """The question of a plan without the calls whose results are there already, and whether nothing is left of it."""
    continuation = about.continuation(plan.model, cards)
    unread = about.generate is not None and plan.model is not None and continuation is None

    def known(call: MethodCall) -> bool:
        key = result_key(
            sources=[source.sha256 for source in about.sources],
            reading=about.reading,
            continuation=continuation,
            targets=request.targets,
            model=plan.model,
            call=call,
            seed=about.generate.seed if about.generate else 0,
            cards=cards,
        )
        return not unread and is_known(key)

    left = [call for call in plan.calls if not known(call)]
    targets = len(request.targets)
    return Question(plan.model, left, about.sources, targets, about.generate, continuation, cards), not left


def _known(plan: Plan) -> JobEstimate:
    nothing = Seconds(low=0.0, expected=0.0, high=0.0)
    return JobEstimate(
        model=plan.model,
        methods=[call.key for call in plan.calls],
        queue=Queue(plan.queue).value,
        passes=0,
        most=0,
        memory=0,
        seconds=nothing,
        basis="computed",
        position=0,
        wait=0.0,
    )


def _estimate(plan: Plan, expected: Expected, who: order.Who) -> JobEstimate:
    made, taken = expected.measured, expected.taken
    before = line.line(plan.queue)
    seconds = taken.expected if taken else order.UNKNOWN
    turn = order.turn_for(who, queue=plan.queue, seconds=seconds)
    place = before.place_at(BACKGROUND if plan.background else FOREGROUND, turn)
    return JobEstimate(
        model=plan.model,
        methods=[call.key for call in plan.calls],
        queue=Queue(plan.queue).value,
        passes=round(made.passes),
        most=round(made.most),
        memory=made.memory,
        seconds=taken and Seconds(low=taken.low, expected=taken.expected, high=taken.high),
        basis=expected.basis,
        runs=taken.runs if taken else 0,
        position=place.ahead,
        wait=place.seconds,
        held=before.held,
    )


def _together(jobs: list[JobEstimate], refusal: Refusal | None) -> Estimate:
    first = min(jobs, key=lambda job: job.position, default=None)
    known = [job.seconds for job in jobs if job.seconds is not None]
    seconds = None
    if known and len(known) == len(jobs):
        sums = (sum(getattr(one, end) for one in known) for end in ("low", "expected", "high"))
        seconds = Seconds(**dict(zip(("low", "expected", "high"), sums, strict=True)))
    weakest: list[Basis] = ["unknown", "passes", "runs", "computed"]
    counted = [job.runs for job in jobs if job.basis == "runs"]
    return Estimate(
        jobs=jobs,
        passes=sum(job.passes for job in jobs),
        most=sum(job.most for job in jobs),
        memory=max((job.memory for job in jobs), default=0),
        seconds=seconds,
        basis=min((job.basis for job in jobs), key=weakest.index, default="unknown"),
        runs=min(counted, default=0),
        position=first.position if first else 0,
        wait=first.wait if first else None,
        held=next((job.held for job in jobs if job.held), None),
        refusal=refusal and refusal.problem(),
    )
