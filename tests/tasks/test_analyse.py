"""A wake-up: claim, compute, keep, tell. What is computed is faked; all the rest is real."""

import threading
import time
from collections.abc import Callable

import pytest
from pytest_django import Settings

from tests.tasks.conftest import Compute, Emit, Told
from tests.webapp.computing import continuation, result
from tests.webapp.conftest import Wakes
from tests.webapp.person import Person
from webapp.catalogue.models import Allowed
from webapp.runs.models import Continuation, Job, Result, State
from workers.contract import AnalysisRequest, Problem
from workers.core.steps import Cancelled, Continued, Delta, Failed, Finished, Progress
from workers.tasks import child, desk, wishes
from workers.tasks.analyse import analyse

pytestmark = pytest.mark.django_db(transaction=True)

Computes = Callable[[Compute], None]
PROBLEM = Problem(type="/problems/text-too-long", title="t", status=422, detail="9 tokens of 5", limit=5, value=9)


def everything(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
    """Finishes every method."""
    if request.generate and not request.continuation:
        emit(Continued(continuation()))
    for call, method in enumerate(request.methods):
        emit(Progress(call, f"Computing {method.key}", 0.0))
        emit(Finished(call, result(method.key, request.sources[0].id)))


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something. AssertionError if it does not happen."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_job_is_computed_kept_and_told(person: Person, told: Told, computes: Computes) -> None:
    computes(everything)
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}], generate={"max_new_tokens": 3})
    analyse("gpu")
    state = person.state(run)
    assert [job["state"] for job in state["jobs"]] == ["done"]
    assert [row["state"] for row in state["results"]] == ["done", "done"]
    assert state["jobs"][0]["continuation"]["text"] == " abc"
    numbered = [event for event in told if event["kind"] in ("state", "result")]
    assert [event["seq"] for event in numbered] == list(range(2, 8))
    assert [event["data"]["state"] for event in numbered] == ["leased", "running", "running", "done", "done", "done"]
    assert [event["data"]["message"] for event in told if event["kind"] == "progress"] == [
        "Computing surprisal",
        "Computing occlusion",
    ]


def test_nothing_to_do_is_nothing_done(told: Told, computes: Computes, catalogue: None) -> None:
    computes(everything)
    analyse("gpu")
    assert told == []


def test_one_wake_up_follows_while_work_is_left(person: Person, told: Told, computes: Computes, wakes: Wakes) -> None:
    computes(everything)
    person.run(text="one")
    person.run(text="two")
    wakes.clear()
    analyse("gpu")
    assert [options["kwargs"] for _, options in wakes] == [{"queue": "gpu"}]
    analyse("gpu")
    assert len(wakes) == 1
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_the_worker_reads_the_job_as_the_contract_says(
    person: Person, told: Told, computes: Computes, picture: bytes, settings: Settings
) -> None:
    seen: list[AnalysisRequest] = []

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        seen.append(request)
        everything(request, control, emit)

    computes(compute)
    Allowed.objects.create(key="mine", location="/models/mine")
    Allowed.objects.create(key="off", location="/models/off", enabled=False)
    Allowed.objects.create(key="cuts", kind="tokenizer", location="owner/cuts", revision="abc")
    source = person.upload(picture, "a.png", "image/png").json()["id"]
    run = person.run(source_ids=[source], generate={"max_new_tokens": 3, "seed": 11}, reading={"bos": "no"})
    analyse("gpu")
    more = {"models": ["demo-lm"], "methods": [{"key": "occlusion"}], "targets": [{"from": 1, "to": 2}]}
    person.post(f"/api/runs/{run}/jobs", more)
    analyse("gpu")
    first, second = seen
    assert (first.model, first.seed, first.reading.bos) == ("demo-lm", 11, "no")
    assert [source.kind for source in first.sources] == ["text", "image"]
    assert first.sources[0].text == "hello"
    assert first.sources[1].data is not None
    assert {key: spec.location for key, spec in first.specs.items()} == {"mine": "/models/mine", "cuts": "owner/cuts"}
    assert first.continuation is None
    assert second.continuation is not None
    assert second.continuation.ids == [7, 8, 9]
    assert second.targets[0].from_ == 1


def test_only_what_is_not_known_is_computed(person: Person, told: Told, computes: Computes) -> None:
    asked: list[list[str]] = []

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        asked.append([call.key for call in request.methods])
        everything(request, control, emit)

    computes(compute)
    person.run(methods=[{"key": "surprisal"}])
    analyse("gpu")
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    analyse("gpu")
    assert asked == [["surprisal"], ["occlusion"]]
    assert [row["state"] for row in person.state(run)["results"]] == ["done", "done"]


def test_methods_fail_one_by_one(person: Person, told: Told, computes: Computes) -> None:
    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        emit(Failed(0, PROBLEM, "person"))
        emit(Finished(1, result("occlusion")))

    computes(compute)
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    analyse("gpu")
    state = person.state(run)
    assert [row["state"] for row in state["results"]] == ["failed", "done"]
    assert (state["results"][0]["problem"]["limit"], state["results"][0]["problem"]["value"]) == (5, 9)
    assert state["jobs"][0]["state"] == "done"


def test_a_text_too_long_fails_the_job_with_both_numbers(person: Person, told: Told, computes: Computes) -> None:
    computes(lambda request, control, emit: emit(Failed(None, PROBLEM, "person")))
    run = person.run()
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["problem"] == state["results"][0]["problem"] == PROBLEM.model_dump()
    assert Result.objects.get().fault == "person"


def test_a_computation_that_raises_is_a_fault_of_the_house(person: Person, told: Told, computes: Computes) -> None:
    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        raise RuntimeError("the secret")

    computes(compute)
    run = person.run()
    analyse("gpu")
    problem = person.state(run)["jobs"][0]["problem"]
    assert problem["type"] == "/problems/internal"
    assert "secret" not in problem["detail"]
    assert Result.objects.get().fault == "system"


def test_a_result_that_cannot_be_stored_fails_alone(
    person: Person, told: Told, computes: Computes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("webapp.runs.work.result_write", full)
    computes(everything)
    run = person.run()
    analyse("gpu")
    assert person.state(run)["results"][0]["problem"]["type"] == "/problems/internal"


def test_a_result_over_the_limit_fails_with_both_numbers(
    person: Person, told: Told, computes: Computes, limited: Callable[..., None]
) -> None:
    limited(result_bytes=10)
    computes(everything)
    run = person.run()
    analyse("gpu")
    problem = person.state(run)["results"][0]["problem"]
    assert (problem["type"], problem["limit"]) == ("/problems/result-too-large", 10)


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
        emit(Delta(0, [7], " a", [0.5]))
        person.post(f"/api/runs/{run}/stop")
        until(lambda: control() == "stop")
        emit(Continued(continuation("stopped")))
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
        emit(Delta(0, [7], " a", [0.5]))
        emit(Delta(1, [8], " ab", [0.25]))
        until(lambda: any(event["kind"] == "delta" for event in told))
        until(lambda: person.state(run)["jobs"][0]["continuation"] == {"ids": [7, 8], "text": " ab", "finish": None})
        emit(Delta(2, [9], " abc", [1.0]))
        emit(Continued(continuation()))
        emit(Finished(0, result()))

    computes(compute)
    analyse("gpu")
    deltas = [event["data"] for event in told if event["kind"] == "delta"]
    assert deltas == [
        {"start": 0, "ids": [7, 8], "text": " ab", "probabilities": [0.5, 0.25]},
        {"start": 2, "ids": [9], "text": " abc", "probabilities": [1.0]},
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
        first = Job.objects.get().lease_until
        assert first is not None
        until(lambda: (Job.objects.get().lease_until or first) > first)
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
