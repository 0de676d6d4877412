"""The real core behind the real task: numbers that a person would see."""

from pathlib import Path

import pytest

from tests.tasks.conftest import Told
from tests.webapp.person import Person, problem
from webapp.catalogue.models import Allowed
from webapp.runs.models import Job
from workers.tasks.analyse import analyse
from workers.tasks.publish import publish_cards

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_real_model_reads_and_continues_a_text(person: Person, told: Told, data: Path) -> None:
    Allowed.objects.create(key="stories260k", location=str(data / "models" / "stories260k"))
    publish_cards()
    text = "Once upon a time, there was a little girl"
    run = person.run(text=text, models=["stories260k"], generate={"max_new_tokens": 4})
    analyse("gpu")
    state = person.state(run)
    assert state["jobs"][0]["state"] == "done", state["jobs"][0]["problem"]
    said = state["jobs"][0]["continuation"]
    assert (len(said["ids"]), said["finish"]) == (4, "length")
    whole = person.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").json()
    strip = whole["strips"][0]
    assert "".join(unit["text"] for unit in strip["units"] if not unit["special"]) == text + said["text"]
    assert strip["source"] == state["sources"][0]["id"]
    values = whole["panels"][0]["tracks"][0]["values"]
    assert len(values) == len(strip["units"])
    assert all(value is None or value >= 0 for value in values)
    assert any(event["kind"] == "delta" for event in told)


def test_a_text_longer_than_the_context_names_both_numbers(person: Person, told: Told, data: Path) -> None:
    Allowed.objects.create(key="stories260k", location=str(data / "models" / "stories260k"))
    publish_cards()
    run = person.run(text="Once upon a time. " * 400, models=["stories260k"])
    analyse("gpu")
    problem = person.state(run)["results"][0]["problem"]
    assert problem["type"] == "/problems/text-too-long"
    assert problem["limit"] == 512
    assert problem["value"] > 512
    assert str(int(problem["value"])) in problem["detail"].replace(",", "").replace(" ", "").replace("\u202f", "")


def test_a_second_model_fills_a_role(person: Person, told: Told, data: Path) -> None:
    for name in ("stories260k", "babyllama105"):
        Allowed.objects.create(key=name, location=str(data / "models" / name))
    publish_cards()
    gap = {"key": "loss_gap", "roles": {"reference": "babyllama105"}}
    run = person.run(text="Once upon a time there was a dog.", models=["stories260k"], methods=[gap])
    analyse("gpu")
    state = person.state(run)
    assert state["results"][0]["state"] == "done", state["results"][0]["problem"]
    assert state["results"][0]["method"]["roles"] == {"reference": "babyllama105"}
    whole = person.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").json()
    uses = [(use["role"], use["model"]) for use in whole["provenance"]["models"]]
    assert uses == [("main", "stories260k"), ("reference", "babyllama105")]
    assert [strip["id"] for strip in whole["strips"]] == ["main", "main-babyllama105", "spans"]
    document = problem(
        person.ask(
            text="Once upon a time",
            models=["stories260k"],
            methods=[{"key": "model_divergence", "roles": {"reference": "babyllama105"}}],
        ),
        422,
        "tokenizers-differ",
    )
    assert document["field"] == "methods.0.roles.reference"


def test_tokenizers_are_compared_without_a_model(person: Person, told: Told) -> None:
    publish_cards()
    run = person.run(text="The cat sat.", models=[], methods=[{"key": "compare_tokenizers"}])
    analyse("cpu")
    assert Job.objects.get().state == "done"
    result = person.state(run)["results"][0]["id"]
    whole = person.get(f"/api/runs/{run}/results/{result}").json()
    assert whole["panels"][0]["kind"] == "segmentations"
    for strip in whole["strips"]:
        assert "".join(unit["text"] or "" for unit in strip["units"] if not unit["special"]) == "The cat sat."
