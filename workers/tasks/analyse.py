"""`tessera.analyse`: claim the next job of a queue, compute it, and say what came of it."""

import logging

from webapp.catalogue.models import Allowed
from webapp.catalogue.selectors import Cards, specs
from webapp.common.errors import system_problem
from webapp.common.logs import about
from webapp.config.celery import app
from webapp.runs import dispatch, order, work
from webapp.runs.cache import continuation_of
from webapp.runs.models import OPEN, Job, Result
from webapp.runs.selectors import sources_of
from webapp.runs.sweeper import recover
from webapp.uploads.selectors import source_data
from workers.contract import AnalysisRequest, Generate, MethodCall, Reading, Target
from workers.tasks import child, holdings, memory
from workers.tasks.desk import Desk
from workers.tasks.patience import patiently
from workers.tasks.wishes import Wishes

logger = logging.getLogger("tessera.analyse")


@app.task(name=dispatch.ANALYSE)
def analyse(queue: str) -> None:
    """A wake-up: there may be work on `queue`. When more is left afterwards, another wake-up follows."""
    child.post()
    recover(worker=child.name())
    lease = work.job_claim(queue=queue, worker=child.name(), loaded=holdings.loaded())
    if lease is None:
        return
    broke = False
    try:
        with about(run=lease.run, job=lease.job):
            broke = _work(lease)
    except work.LeaseLost:
        logger.warning("job %s was taken away", lease.job)
    if broke and not child.healthy():
        child.end(f"it is not well after job {lease.job}")
    if order.startable(queue).exists():
        dispatch.wake(queue)


def _work(lease: work.Lease) -> bool:
    """Compute the job of this lease and say what came of it; True when something broke on the way. LeaseLost."""
    job = patiently(lambda: work.job_begin(lease=lease))
    child.remember(job.model)
    left = list(Result.objects.filter(job=job).filter(state__in=OPEN).order_by("index"))
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
            patiently(lambda: work.job_fail(lease=lease, problem=system_problem("internal"), fault="system"))
            return True
    patiently(lambda: _end(lease, desk, wishes.held))
    return desk.broke


def _end(lease: work.Lease, desk: Desk, held: int | None) -> None:
    if desk.lost:
        logger.warning("job %s was taken away while it was computed", lease.job)
    elif desk.cancelled:
        work.job_cancelled(lease=lease, freed=None if held is None else memory.freed_since(held))
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
