"""A wake-up: claim, compute, keep, tell. What is computed is faked; all the rest is real."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from tests.tasks.conftest import Emit, Told
from tests.tasks.fakes import PROBLEM, Computes, everything
from tests.webapp.computing import result
from tests.webapp.conftest import Wakes
from tests.webapp.person import Person
from webapp.catalogue.models import Allowed
from webapp.runs.models import Job, Result
from workers.contract import AnalysisRequest
from workers.core.steps import Failed, Finished
from workers.tasks import child
from workers.tasks.analyse import analyse

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_is_computed_kept_and_told(person: Person, told: Told, computes: Computes) -> None:
    computes(everything)
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}], generate={"max_new_tokens": 3})
    analyse("gpu")
    state = person.state(run)
    assert [job["state"] for job in state["jobs"]] == ["done"]
    assert [row["state"] for row in state["results"]] == ["done", "done"]
    assert state["jobs"][0]["continuation"]["text"] == " abc"
    numbered = [event for event in told if event["kind"] in ("state", "result")]
    assert [event["seq"] for event in numbered] == list(range(2, 10))
    assert [event["data"]["state"] for event in numbered] == [
        *("leased", "running"),  # the job
        "running",  # the job again: its continuation is there
        *("running", "done") * 2,  # its results
        "done",
    ]
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
