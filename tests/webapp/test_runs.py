"""Asking: runs and their jobs, over HTTP."""

import pytest

from tests.webapp.conftest import Limited, Wakes
from tests.webapp.person import Person, problem
from webapp.runs.models import Job, State

pytestmark = pytest.mark.django_db


def test_a_run_is_kept_queued_and_woken(person: Person, wakes: Wakes) -> None:
    answer = person.ask(text="The cat sat.", methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}])
    assert answer.status_code == 201
    made = answer.json()
    assert made["url"] == f"/runs/{made['id']}"
    state = person.state(made["id"])
    assert state["mine"] is True
    assert [source["text"] for source in state["sources"]] == ["The cat sat."]
    assert [(job["model"], job["queue"], job["state"]) for job in state["jobs"]] == [
        ("demo-lm", "gpu", "queued"),
        (None, "cpu", "queued"),
    ]
    assert [job["id"] for job in state["jobs"]] == made["jobs"]
    assert [result["method"]["key"] for result in state["results"]] == ["surprisal", "compare_tokenizers"]
    assert [(name, told["queue"]) for name, told in wakes] == [("tessera.analyse", "gpu"), ("tessera.analyse", "cpu")]


def test_each_model_is_a_job_with_all_methods(person: Person) -> None:
    run = person.run(models=["demo-lm", "demo-lm"], methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    state = person.state(run)
    assert len(state["jobs"]) == 1
    assert len(state["results"]) == 2


def test_every_change_has_a_number(person: Person) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}])
    assert person.state(run)["seq"] == 2
    person.delete(f"/api/runs/{run}")
    assert person.state(run)["seq"] == 6  # two jobs, two results


def test_the_position_counts_the_jobs_ahead(person: Person, stranger: Person) -> None:
    first, second, third = person.run(), person.run(text="two"), stranger.run(text="three")
    places = [person.state(first), person.state(second), stranger.state(third)]
    # In turn among people: the stranger's first comes before the person's second.
    assert [state["jobs"][0]["position"] for state in places] == [0, 2, 1]


def test_cancelling_a_queued_run_ends_it_at_once(person: Person) -> None:
    run = person.run()
    assert person.delete(f"/api/runs/{run}").status_code == 204
    state = person.state(run)
    assert state["jobs"][0]["state"] == state["results"][0]["state"] == "cancelled"
    assert state["results"][0]["problem"]["type"] == "/problems/cancelled"
    assert person.delete(f"/api/runs/{run}").status_code == 204


def test_cancelling_a_running_run_asks_the_worker(person: Person) -> None:
    run = person.run()
    Job.objects.update(state=State.RUNNING, token="t")
    person.delete(f"/api/runs/{run}")
    assert Job.objects.get().cancelling is True
    assert person.state(run)["jobs"][0]["state"] == "running"


def test_stopping_asks_only_what_runs(person: Person) -> None:
    run = person.run(models=["demo-lm"], methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}])
    Job.objects.filter(model="demo-lm").update(state=State.RUNNING, token="t")
    assert person.post(f"/api/runs/{run}/stop").status_code == 204
    assert list(Job.objects.order_by("queue").values_list("queue", "stopping")) == [("cpu", False), ("gpu", True)]


def test_further_questions_join_the_same_run(person: Person) -> None:
    run = person.run()
    body = {"models": ["demo-lm"], "methods": [{"key": "occlusion"}], "targets": [{"from": 1, "to": 2}]}
    answer = person.post(f"/api/runs/{run}/jobs", body)
    assert answer.status_code == 201
    state = person.state(run)
    assert state["jobs"][1]["id"] == answer.json()["jobs"][0]
    assert state["jobs"][1]["targets"][0]["from"] == 1
    assert len(state["sources"]) == 1


def test_my_runs_are_listed_newest_first(person: Person, stranger: Person) -> None:
    runs = [person.run(text="one"), person.run(text="two", methods=[{"key": "compare_tokenizers"}])]
    stranger.run()
    listed = person.get("/api/runs").json()
    assert [line["id"] for line in listed] == runs[::-1]
    assert [(line["label"], line["models"], line["methods"], line["state"]) for line in listed] == [
        ("two", [], ["compare_tokenizers"], "queued"),
        ("one", ["demo-lm"], ["surprisal"], "queued"),
    ]


def test_the_catalogue_is_lists_of_cards(person: Person) -> None:
    methods = {entry["key"]: entry for entry in person.get("/api/methods").json()}
    assert methods["surprisal"]["available"] is True
    assert methods["surprisal"]["parameters"]["properties"]["top"]["maximum"] == 20
    assert [entry["key"] for entry in person.get("/api/models").json()] == [
        "demo-lm",
        "demo-vit",
        "broken",
        "other-lm",
        "translator",
    ]
    assert [entry["key"] for entry in person.get("/api/tokenizers").json()] == ["bytes"]
    assert person.get("/api/limits").json()["text_characters"] == 200_000


def test_the_interface_describes_itself(person: Person) -> None:
    document = person.get("/api/openapi.json").json()
    assert {"/api/runs", "/api/sources", "/api/runs/{id}/share", "/api/shares/{secret}"} <= set(document["paths"])
    assert "RunState" in document["components"]["schemas"]


def test_limits_count_runs_jobs_and_seconds(person: Person, stranger: Person, limited: Limited) -> None:
    limited(runs_per_minute=2)
    person.run(text="1")
    person.run(text="2")
    document = problem(person.ask(text="3"), 429, "too-many-runs")
    assert (document["limit"], document["value"]) == (2, 2)
    # The same address without the cookie is no way around it.
    problem(stranger.ask(text="3"), 429, "too-many-runs")
    limited(runs_per_minute=99, queued_jobs=2)
    document = problem(person.ask(text="3"), 429, "too-many-jobs")
    assert (document["limit"], document["value"]) == (2, 3)
    limited(runs_per_minute=99, queued_jobs=99, gpu_seconds_per_hour=0)
    problem(person.ask(text="3"), 429, "too-much-computing")
