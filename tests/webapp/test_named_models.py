"""Parameters that name a model: only of the right kind, always a named one, and part of what a result is kept under."""

from typing import Any

import pytest

from tests.webapp.cards import COMMON, methods, models
from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.catalogue.models import Model
from webapp.catalogue.services import cards_publish
from workers.contract import Ability, Catalogue, Lens, MethodCard, ModelCard

pytestmark = pytest.mark.django_db

JUDGED = MethodCard(
    key="judged",
    lens=Lens.UNCERTAINTY,
    name="Judged",
    inputs=["text"],
    needs=[[Ability.NEXT_TOKEN]],
    parameters={
        "type": "object",
        "properties": {"judge": {"type": "string", "x-kind": "nli|similarity", "default": "entails"}},
    },
    **COMMON,
)


def judge(key: str, *abilities: Ability) -> ModelCard:
    """A model that judges."""
    return ModelCard(key=key, name=key, architecture="bert", abilities=list(abilities), inputs=[], parameters=10)


@pytest.fixture
def person(person: Person) -> Person:
    judges = [judge("entails", Ability.NLI), judge("resembles", Ability.SIMILARITY), judge("head")]
    cards_publish(catalogue=Catalogue(methods=[*methods(), JUDGED], models=[*models(), *judges], tokenizers=[]))
    return person


def call(**params: Any) -> list[dict[str, Any]]:
    """The method with these parameters."""
    return [{"key": "judged", "params": params}]


@pytest.mark.parametrize("key", ["nobody", "demo-lm", "head"])
def test_a_model_that_cannot_judge_is_refused_with_those_that_can(person: Person, key: str) -> None:
    document = problem(person.ask(methods=call(judge=key)), 422, "model-unknown")
    assert document["field"] == "methods.0.params.judge"
    assert repr(key) in document["detail"]
    assert "entails, resembles" in document["detail"]


def test_without_any_judge_the_default_is_refused(person: Person) -> None:
    Model.objects.filter(key__in=["entails", "resembles"]).delete()
    document = problem(person.ask(methods=call()), 422, "model-unknown")
    assert "an admin has to allow one first" in document["detail"]


def test_the_default_of_this_house_is_written_into_the_call(person: Person) -> None:
    state = person.state(person.run(methods=call()))
    assert state["results"][0]["method"]["params"] == {"judge": "entails"}


def test_a_judge_answers_nothing_by_itself(person: Person) -> None:
    document = problem(person.ask(models=["entails"], methods=[{"key": "surprisal"}]), 422, "input-missing")
    assert "nothing by itself" in document["detail"]


def test_another_revision_of_the_judge_is_another_question(person: Person) -> None:
    person.run(methods=call())
    finish()
    assert person.state(person.run(methods=call(judge="entails")))["jobs"][0]["state"] == "done"
    row = Model.objects.get(pk="entails")
    row.card["revision"] = "other"
    row.save()
    assert person.state(person.run(methods=call()))["jobs"][0]["state"] == "queued"
