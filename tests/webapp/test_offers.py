"""A job goes to a worker that has its model in memory, when one is idle; nobody waits longer for that than a moment."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.webapp.conftest import Wakes
from tests.webapp.person import Person
from webapp.queues.models import Worker
from webapp.runs import offers, work
from webapp.runs.models import Job

pytestmark = pytest.mark.django_db
GPU = {"queues": ["gpu"]}


@pytest.fixture
def warm() -> Worker:
    """A live, idle worker that has the model."""
    return worker("warm:1", loaded=["other-lm", "demo-lm"], node="celery@warm")


def worker(name: str, **more: Any) -> Worker:
    """A live worker."""
    return Worker.objects.create(name=name, last_seen=timezone.now(), **(GPU | more))


def cold_claim() -> work.Lease | None:
    """A worker that has no model in memory asks for work."""
    return work.job_claim(queue="gpu", worker="cold:1:0")


def test_a_young_job_is_left_to_the_worker_that_has_its_model(person: Person, warm: Worker, wakes: Wakes) -> None:
    person.run()
    wakes.clear()
    assert cold_claim() is None
    direct, later = (told for _, told in wakes)
    assert (direct["queue"].name, direct["expires"]) == ("celery@warm.dq2", 15.0)
    assert (later["queue"], later["countdown"]) == ("gpu", 2.0)
    assert work.job_claim(queue="gpu", worker="warm:1:0", loaded=["demo-lm"]) is not None


def test_after_the_grace_anybody_takes_it(person: Person, warm: Worker) -> None:
    person.run()
    assert cold_claim() is None
    Job.objects.update(created=timezone.now() - offers.GRACE - timedelta(milliseconds=1))
    assert cold_claim() is not None


def test_a_clock_that_is_an_hour_slow_leaves_no_job_alone(person: Person, warm: Worker) -> None:
    person.run()
    Job.objects.update(created=timezone.now() + timedelta(hours=1))
    assert cold_claim() is not None


@pytest.mark.parametrize(
    "change",
    [
        {"last_seen": timezone.now() - timedelta(minutes=5)},
        {"draining": True},
        {"loaded": ["other-lm"]},
        {"queues": ["cpu"]},
    ],
    ids=["dead", "drained", "without the model", "of another queue"],
)
def test_it_is_not_left_to_a_worker_that_would_not_take_it(
    person: Person, warm: Worker, change: dict[str, Any]
) -> None:
    Worker.objects.update(**change)
    person.run()
    assert cold_claim() is not None


def test_it_is_not_left_to_a_worker_that_is_at_work(person: Person, stranger: Person, warm: Worker) -> None:
    stranger.run(text="first")
    assert work.job_claim(queue="gpu", worker="warm:1:0", loaded=["demo-lm"]) is not None
    person.run()
    assert cold_claim() is not None


def test_others_jobs_are_taken_meanwhile(person: Person, warm: Worker) -> None:
    person.run()
    second = person.run(models=["translator"])
    lease = cold_claim()
    assert lease is not None
    assert lease.run == second


def test_a_job_without_a_model_is_anybodys(person: Person, warm: Worker) -> None:
    worker("cpu:1", queues=["cpu"], loaded=["demo-lm"])
    person.run(methods=[{"key": "compare_tokenizers"}])
    assert work.job_claim(queue="cpu", worker="cold:1:0") is not None
