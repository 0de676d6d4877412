"""While it computes: what the person wishes, what gathers, the lease, and workers that die."""

import threading

import pytest

from tests.tasks.conftest import Emit, Told
from tests.tasks.fakes import Computes, everything, until
from tests.webapp.computing import continuation, result
from tests.webapp.person import Person
from webapp.runs.models import Continuation, Job, State
from workers.contract import AnalysisRequest
from workers.core.steps import Cancelled, Continued, Delta, Finished
from workers.tasks import child, desk, wishes
from workers.tasks.analyse import analyse

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancelling_ends_the_computation(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ASK_EVERY", 0.05)
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
