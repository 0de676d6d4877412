"""Twins: jobs that ask the very same. One of them is computed, the others wait for it and are answered from it.

Whose job it is makes no difference to what comes out, and nobody owns what they wait for: when the one that is
computed is cancelled or fails, the next one takes over. At most one of them is computed at a time, which the table
itself sees to (`job_computed_once`).
"""

import hashlib
import json
import logging
from collections.abc import Sequence

from django.db import transaction

from webapp.catalogue.selectors import Cards
from webapp.runs.cache import answer_from_cache, continuation_from_cache, continuation_name, name_of
from webapp.runs.models import Job, Result, State
from webapp.runs.selectors import sources_of
from webapp.uploads.models import Source
from workers.contract import MethodCall

logger = logging.getLogger("tessera.twins")


def content_keep(*, job: Job, results: Sequence[Result], sources: Sequence[Source], cards: Cards) -> None:
    """Keep a hash of all that decides what a job computes, given what is stored of its run by now."""
    names = [name_of(result=result, job=job, sources=sources, cards=cards) for result in results]
    asked = [job.model, continuation_name(job=job, sources=sources, cards=cards), names]
    job.content = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    Job.objects.filter(pk=job.pk).update(content=job.content)


def answered(job: Job) -> bool:
    """Whether a queued job could be answered, all of it, from what its twins came to."""
    if not job.content or not Job.objects.filter(content=job.content, state=State.DONE).exists():
        return False
    return _answer(job)


def answer_waiting(content: str) -> None:
    """Answer every queued twin of a job that is done; what goes wrong is left to whoever claims it."""
    for job in Job.objects.filter(content=content, state=State.QUEUED) if content else ():
        try:
            _answer(job)
        except Exception:
            logger.exception("job %s could not be answered from its twin", job.pk)


@transaction.atomic
def _answer(job: Job) -> bool:
    calls = [MethodCall.model_validate(result.call) for result in job.results.all()]
    roles = [key for call in calls for key in call.roles.values()]
    cards = Cards(methods=[call.key for call in calls], models=[key for key in [job.model, *roles] if key])
    sources = sources_of(job.run)
    continuation_from_cache(job=job, sources=sources, cards=cards)
    answer_from_cache(job=job, sources=sources, cards=cards)
    return job.state == State.DONE
