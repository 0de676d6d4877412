"""While it computes: what the person wishes, what gathers, the lease, and workers that die."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from tests.tasks.conftest import Emit, Told
from tests.tasks.fakes import Computes, everything, until
from tests.webapp.computing import continuation, result
from tests.webapp.person import Person
from webapp.runs import sweeper, work
from webapp.runs.models import Continuation, Job, State
from workers.contract import AnalysisRequest, Problem
from workers.core.steps import Cancelled, Continued, Delta, Failed, Finished
from workers.tasks import child, desk, memory, patience, wishes
from workers.tasks.analyse import analyse

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancelling_ends_the_computation(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ASK_EVERY", 0.05)
    held = iter([10, 7])
    monkeypatch.setattr(memory, "held", lambda: next(held))
    run = person.run()

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        assert control() == "go"
        person.delete(f"/api/runs/{run}")
        until(lambda: control() == "cancel")
        emit(Cancelled())

    computes(compute)
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["state"] == state["results"][0]["state"] == "cancelled"
    assert state["jobs"][0]["cancelling"]
    assert state["jobs"][0]["freed"] == 3


class Ended(Exception):
    """Instead of the end of the process."""


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the child ended itself."""
    said: list[str] = []

    def end(why: str) -> None:
        said.append(why)
        raise Ended

    monkeypatch.setattr(child, "end", end)
    return said


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # Ended, in the watching thread
def test_a_child_whose_job_was_taken_away_ends_itself_when_its_method_does_not_listen(
    person: Person, told: Told, computes: Computes, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ASK_EVERY", 0.05)
    monkeypatch.setattr(sweeper, "PATIENCE", 0.3)

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        Job.objects.update(token="another's")
        until(lambda: bool(ends))

    computes(compute)
    person.run()
    analyse("gpu")
    assert "does not listen" in ends[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_child_whose_parent_died_gives_its_job_back_and_ends_itself(
    person: Person, told: Told, computes: Computes, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = person.run()

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        until(lambda: bool(ends))

    computes(compute)
    analyse("gpu")
    assert "its parent died" in ends[0]
    assert person.state(run)["jobs"][0]["state"] == "queued"


def test_a_child_that_is_not_well_after_a_job_ends_itself_once_it_is_recorded(
    person: Person, told: Told, computes: Computes, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = person.run()
    short = Problem(type="/problems/out-of-memory", title="t", status=507, detail="d", limit=1, value=2)
    computes(lambda request, control, emit: emit(Failed(0, short, "person")))
    monkeypatch.setattr(child, "healthy", lambda: True)
    analyse("gpu")
    assert ends == []
    person.run(text="another")
    monkeypatch.setattr(child, "healthy", lambda: False)
    with pytest.raises(Ended):
        analyse("gpu")
    assert person.state(run)["results"][0]["problem"]["type"] == "/problems/out-of-memory"
    assert {job.state for job in Job.objects.all()} == {"failed"}


def test_a_database_that_is_away_for_a_moment_costs_no_result(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = ["job_begin", "result_store", "job_finish"]

    def flaky(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(**given: Any) -> Any:
            if name in away:
                away.remove(name)
                raise OperationalError("database is locked")
            return act(**given)

        return acting

    for name in away:
        monkeypatch.setattr(work, name, flaky(name, getattr(work, name)))
    monkeypatch.setattr(patience, "_FIRST", 0.01)
    computes(everything)
    run = person.run()
    analyse("gpu")
    assert away == []
    assert person.state(run)["jobs"][0]["state"] == person.state(run)["results"][0]["state"] == "done"


def test_patience_ends_with_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[None] = []

    def act() -> None:
        tries.append(None)
        raise OperationalError("gone")

    with pytest.raises(OperationalError, match="gone"):
        patience.patiently(act, seconds=0.5)
    assert len(tries) == 2


def test_stopping_keeps_what_was_generated(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ASK_EVERY", 0.05)
    run = person.run(generate={"max_new_tokens": 300})

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        emit(Delta(0, [7], " a", [2], [0.5]))
        person.post(f"/api/runs/{run}/stop")
        until(lambda: control() == "stop")
        emit(Continued(continuation("stopped")))
        until(lambda: control() == "go")
        emit(Finished(0, result()))

    computes(compute)
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["state"] == "done"
    assert state["jobs"][0]["continuation"]["finish"] == "stopped"
    assert Continuation.objects.get().key == ""


def test_tokens_arrive_in_batches_and_are_kept_so_far(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "KEEP_EVERY", 0.0)
    run = person.run(generate={"max_new_tokens": 3})

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        emit(Delta(0, [7], " a", [2], [0.5]))
        emit(Delta(1, [8], " ab", [3], [0.25]))
        until(lambda: any(event["kind"] == "delta" for event in told))
        until(lambda: person.state(run)["jobs"][0]["continuation"] == {"ids": [7, 8], "text": " ab", "finish": None})
        emit(Delta(2, [9], " abc", [4], [1.0]))
        emit(Continued(continuation()))
        emit(Finished(0, result()))

    computes(compute)
    analyse("gpu")
    deltas = [event["data"] for event in told if event["kind"] == "delta"]
    assert deltas == [
        {"start": 0, "ids": [7, 8], "text": " ab", "ends": [2, 3], "probabilities": [0.5, 0.25]},
        {"start": 2, "ids": [9], "text": " abc", "ends": [4], "probabilities": [1.0]},
    ]
    assert person.state(run)["jobs"][0]["continuation"]["finish"] == "length"


def test_whoever_lost_the_lease_gives_up_and_writes_nothing(person: Person, told: Told, computes: Computes) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        Job.objects.update(token="another's")
        emit(Finished(0, result()))
        assert control() == "cancel"
        emit(Finished(1, result("occlusion")))

    computes(compute)
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["state"] == "running"
    assert [row["state"] for row in state["results"]] == ["queued", "queued"]


def test_the_lease_is_renewed_while_it_computes(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "RENEW_EVERY", 0.05)
    person.run()

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        first = Job.objects.get().renewals
        until(lambda: Job.objects.get().renewals > first)
        everything(request, control, emit)

    computes(compute)
    analyse("gpu")
    assert Job.objects.get().state == State.DONE


def test_a_new_child_takes_up_what_the_old_one_held(person: Person, told: Told, computes: Computes) -> None:
    run = person.run()

    def die(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        raise SystemExit

    computes(die)
    with pytest.raises(SystemExit):
        analyse("gpu")
    assert Job.objects.get().state == State.RUNNING
    computes(everything)
    analyse("gpu")
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.DONE, 2)
    assert person.state(run)["results"][0]["state"] == "done"


def test_a_job_that_kills_its_worker_twice_is_not_tried_again(person: Person, told: Told, computes: Computes) -> None:
    run = person.run()

    def die(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        raise SystemExit

    computes(die)
    for _ in range(2):
        with pytest.raises(SystemExit):
            analyse("gpu")
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["state"] == "failed"
    assert state["jobs"][0]["problem"]["type"] == "/problems/worker-lost"
    assert "tried 2 times" in state["jobs"][0]["problem"]["detail"]


def test_a_database_that_hiccups_does_not_end_the_watch(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ASK_EVERY", 0.0)
    asked = threading.Event()

    def hiccup(**_: object) -> tuple[bool, bool]:
        asked.set()
        raise OSError("disk I/O error")

    monkeypatch.setattr("webapp.runs.work.job_wishes", hiccup)

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        assert asked.wait(5)
        assert control() == "go"
        everything(request, control, emit)

    computes(compute)
    person.run()
    analyse("gpu")
    assert Job.objects.get().state == State.DONE
