"""`tessera.analyse`: claim the next job of a queue, compute it, and say what came of it."""

import logging

from webapp.catalogue.models import Allowed
from webapp.catalogue.selectors import Cards, specs
from webapp.common.errors import system_problem
from webapp.config.celery import app
from webapp.runs import dispatch, order, work
from webapp.runs.cache import continuation_of
from webapp.runs.models import Job, Result, State
from webapp.runs.selectors import sources_of
from webapp.runs.sweeper import recover
from webapp.uploads.selectors import source_data
from workers.contract import AnalysisRequest, Generate, MethodCall, Reading, Target
from workers.tasks import child
from workers.tasks.desk import Desk
from workers.tasks.wishes import Wishes

logger = logging.getLogger("tessera.analyse")


@app.task(name=dispatch.ANALYSE)
def analyse(queue: str) -> None:
    """A wake-up: there may be work on `queue`. When more is left afterwards, another wake-up follows."""
    child.post()
    recover(worker=child.name())
    lease = work.job_claim(queue=queue, worker=child.name(), loaded=child.recent)
    if lease is None:
        return
    try:
        _work(lease)
    except work.LeaseLost:
        logger.warning("job %s was taken away", lease.job)
    if order.startable(queue).exists():
        dispatch.wake(queue)


def _work(lease: work.Lease) -> None:
    job = work.job_begin(lease=lease)
    child.remember(job.model)
    left = list(Result.objects.filter(job=job).exclude(state=State.DONE).order_by("index"))
    calls = [MethodCall.model_validate(result.call) for result in left]
    cards = Cards(
        methods=[call.key for call in calls],
        models=[key for key in [job.model, *(key for call in calls for key in call.roles.values())] if key],
    )
    desk: Desk | None = None
    with Wishes(lease, lambda: desk.gathered() if desk else None) as wishes:
        desk = Desk(lease, job, [(result.index, result.pk) for result in left], cards, wishes.give_up)
        try:
            child.compute(request_of(job, calls), wishes.control, desk.take)
        except Exception:
            logger.exception("job %s failed outside its methods", lease.job)
            work.job_fail(lease=lease, problem=system_problem("internal"), fault="system")
            return
    _end(lease, desk)


def _end(lease: work.Lease, desk: Desk) -> None:
    if desk.lost:
        logger.warning("job %s was taken away while it was computed", lease.job)
    elif desk.cancelled:
        work.job_cancelled(lease=lease)
    elif desk.failed is not None:
        work.job_fail(lease=lease, problem=desk.failed.problem, fault=desk.failed.fault)
    else:
        work.job_finish(lease=lease)


def request_of(job: Job, calls: list[MethodCall]) -> AnalysisRequest:
    """The job as `workers.core` reads it."""
    generate = Generate.model_validate(job.run.generate) if job.run.generate else None
    return AnalysisRequest(
        model=job.model,
        specs=specs(Allowed.Kind.TOKENIZER) | specs(Allowed.Kind.MODEL),
        sources=[source_data(source) for source in sources_of(job.run)],
        reading=Reading.model_validate(job.run.reading),
        generate=generate,
        continuation=continuation_of(job),
        targets=[Target.model_validate(target) for target in job.targets],
        methods=calls,
        seed=generate.seed if generate else 0,
        device=child.device(),
    )
