"""Asking again answers at once, and only the same question is the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests.webapp.computing import cards, claim, continuation, finish
from tests.webapp.person import Person
from webapp.catalogue.models import Method, Model
from webapp.runs import work
from webapp.runs.models import Continuation, Job, Result

pytestmark = pytest.mark.django_db

QUESTION: dict[str, Any] = {"text": "hello", "methods": [{"key": "occlusion"}], "targets": [{"from": 1}]}


def states(person: Person, **more: Any) -> list[str]:
    """The states of a new run's jobs."""
    return [job["state"] for job in person.state(person.run(**more))["jobs"]]


def test_the_same_question_is_answered_at_once_for_anybody(person: Person, stranger: Person) -> None:
    person.run(**QUESTION)
    finish()
    run = stranger.run(**QUESTION)
    state = stranger.state(run)
    assert state["jobs"][0]["state"] == state["results"][0]["state"] == "done"
    assert state["results"][0]["figures"]["perplexity"]["value"] == 2.5
    assert stranger.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"text": "hello!"},
        {"targets": [{"from": 0}]},
        {"reading": {"bos": "no"}},
        {"methods": [{"key": "surprisal"}]},
        {"methods": [{"key": "occlusion"}, {"key": "surprisal"}]},
    ],
)
def test_another_question_is_computed(person: Person, change: dict[str, Any]) -> None:
    person.run(**QUESTION)
    finish()
    assert states(person, **QUESTION | change) == ["queued"]


def test_defaults_spelled_out_are_the_same_question(person: Person) -> None:
    person.run(methods=[{"key": "surprisal"}])
    finish()
    assert states(person, methods=[{"key": "surprisal", "params": {"top": 5, "base": "nat"}}]) == ["done"]
    assert states(person, methods=[{"key": "surprisal", "params": {"top": 6}}]) == ["queued"]


def test_targets_do_not_matter_to_what_explains_none(person: Person) -> None:
    person.run(methods=[{"key": "surprisal"}])
    finish()
    assert states(person, methods=[{"key": "surprisal"}], targets=[{"from": 1}]) == ["done"]


@pytest.mark.parametrize(
    ("table", "key", "change"),
    [
        (Model, "demo-lm", {"revision": "r2"}),
        (Model, "demo-lm", {"dtype": "bfloat16"}),
        (Model, "demo-lm", {"tokenizer_hash": "h2"}),
        (Method, "occlusion", {"version": 2}),
    ],
)
def test_another_revision_is_another_question(person: Person, table: Any, key: str, change: dict[str, Any]) -> None:
    person.run(**QUESTION)
    finish()
    row = table.objects.get(pk=key)
    row.card.update(change)
    row.save()
    assert states(person, **QUESTION) == ["queued"]


def test_a_known_part_is_not_computed_again(person: Person) -> None:
    person.run(methods=[{"key": "surprisal"}])
    finish()
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    assert [row["state"] for row in person.state(run)["results"]] == ["done", "queued"]


def test_the_same_continuation_is_not_generated_again(person: Person) -> None:
    ask: dict[str, Any] = {"generate": {"max_new_tokens": 3, "do_sample": True, "seed": 4}}
    person.run(**ask)
    finish()
    run = person.run(**ask)
    state = person.state(run)
    assert state["jobs"][0]["state"] == "done"
    assert state["jobs"][0]["continuation"]["ids"] == [7, 8, 9]
    assert states(person, generate=ask["generate"] | {"seed": 5}) == ["queued"]


def test_a_further_question_reuses_the_continuation(person: Person) -> None:
    run = person.run(generate={"max_new_tokens": 3})
    finish()
    body = {"models": ["demo-lm"], "methods": [{"key": "occlusion"}]}
    person.post(f"/api/runs/{run}/jobs", body)
    finish()
    assert Continuation.objects.count() == 1
    assert person.post(f"/api/runs/{run}/jobs", body).status_code == 201
    assert Job.objects.filter(state="done").count() == 3


def test_what_was_stopped_early_is_nobody_elses_answer(person: Person) -> None:
    ask: dict[str, Any] = {"generate": {"max_new_tokens": 3}}
    person.run(**ask)
    lease, job = claim()
    work.continuation_store(lease=lease, job=job, continuation=continuation("stopped"), cards=cards(job))
    work.job_cancelled(lease=lease)
    assert states(person, **ask) == ["queued"]


def test_a_strip_is_stored_once_for_all_methods(person: Person, settings: Settings) -> None:
    person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    finish()
    files = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    assert len(list((files / "results").rglob("*.json"))) == 2
    assert len(list((files / "strips").rglob("*.json"))) == 1
    size = sum(path.stat().st_size for name in ("results", "strips") for path in (files / name).rglob("*.json"))
    strip = next((files / "strips").rglob("*.json")).stat().st_size
    assert sum(Result.objects.values_list("size", flat=True)) == size + strip


def test_a_result_is_read_as_lists_and_in_base64(person: Person) -> None:
    run = person.run()
    finish()
    result = f"/api/runs/{run}/results/{person.state(run)['results'][0]['id']}"
    whole = person.get(result).json()
    assert whole["panels"][0]["tracks"][0]["values"] == [0.5, 1.25]
    assert [unit["text"] for unit in whole["strips"][0]["units"]] == ["he", "llo"]
    packed = person.get(f"{result}?arrays=base64").json()
    assert packed["panels"][0]["tracks"][0]["values"] == {"dtype": "f32", "shape": [2], "data": "AAAAPwAAoD8="}


def test_a_shared_file_names_each_persons_own_source(person: Person, stranger: Person) -> None:
    mine = person.run()
    sha = Job.objects.get().run.source_ids
    from webapp.uploads.models import Source

    finish(source=Source.objects.get(pk=sha[0]).sha256)
    theirs = stranger.run()
    for who, run in ((person, mine), (stranger, theirs)):
        state = who.state(run)
        body = who.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").json()
        assert body["strips"][0]["source"] == state["sources"][0]["id"]


@pytest.mark.parametrize(
    ("form", "kind"),
    [("csv", "text/csv"), ("svg", "image/svg+xml"), ("html", "text/html"), ("tex", "application/x-tex")],
)
def test_a_result_is_downloaded_in_other_forms(person: Person, form: str, kind: str) -> None:
    run = person.run()
    finish()
    result = f"/api/runs/{run}/results/{person.state(run)['results'][0]['id']}"
    answer = person.get(f"{result}.{form}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert b"llo" in answer.content
    assert person.get(f"{result}.exe").status_code == 404


def test_a_result_that_is_not_done_is_not_there(person: Person) -> None:
    run = person.run()
    result = person.state(run)["results"][0]["id"]
    assert person.get(f"/api/runs/{run}/results/{result}").status_code == 404


def test_files_on_disk_are_json(person: Person, settings: Settings) -> None:
    person.run()
    finish()
    files = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    for path in files.rglob("*.json"):
        json.loads(path.read_bytes())
