"""Switching a model off: people see it go at once, what runs on it finishes, what waits for it fails and says why."""

from django.db import transaction

from webapp.catalogue.models import Allowed, Model, Tokenizer
from webapp.common.errors import Fault, system_problem
from webapp.runs.models import Job, State
from webapp.runs.states import Why, job_move


@transaction.atomic
def model_off(*, key: str) -> int:
    """Switch a model or tokenizer of the allow-list off; how many queued jobs failed with it."""
    Allowed.objects.filter(key=key).update(enabled=False)
    for table in (Model, Tokenizer):
        table._default_manager.filter(key=key).exclude(card__builtin=True).delete()
    waiting = Job.objects.filter(state=State.QUEUED).prefetch_related("results")
    return sum(_refused(job) for job in waiting if key in _models_of(job))


def _models_of(job: Job) -> set[str | None]:
    """The models that a job asks for: its own, those of its methods' roles, and those that parameters may name."""
    named = {job.model}
    for result in job.results.all():
        named |= set(result.call.get("roles", {}).values())
        named |= {value for value in result.call.get("params", {}).values() if isinstance(value, str)}
    return named


def _refused(job: Job) -> bool:
    problem = system_problem("model-disabled").model_dump(mode="json")
    return job_move(job, State.FAILED, Why.SWITCHED_OFF, problem=problem, fault=Fault.SYSTEM)
