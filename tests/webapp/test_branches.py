"""A run that departs from another says so to its owner, and only from a run of one's own."""

from typing import Any

import pytest

from tests.webapp.computing import finish
from tests.webapp.person import Person, problem
from webapp.runs.models import Run

pytestmark = pytest.mark.django_db


def branch(run: str, **more: Any) -> dict[str, Any]:
    """A departure before the third unit."""
    return {"run": run, "model": "demo-lm", "at": 2, **more}


def test_a_run_knows_where_it_left_the_other(person: Person) -> None:
    first = person.run(generate={"max_new_tokens": 3})
    second = person.run(generate={"max_new_tokens": 3, "begin": [7, 4]}, branch=branch(first))
    state = person.state(second)
    assert state["branch"] == branch(first)
    assert state["generate"]["begin"] == [7, 4]
    assert person.state(first)["branch"] is None


def test_what_begins_otherwise_is_another_continuation(person: Person) -> None:
    person.run(generate={"max_new_tokens": 3})
    finish()
    again = person.run(generate={"max_new_tokens": 3})
    assert person.state(again)["jobs"][0]["state"] == "done"
    other = person.run(generate={"max_new_tokens": 3, "begin": [7]})
    assert person.state(other)["jobs"][0]["state"] == "queued"


def test_nobody_departs_from_a_run_of_somebody_else(person: Person, stranger: Person) -> None:
    first = person.run()
    problem(stranger.ask(branch=branch(first)), 404, "not-found")
    problem(person.ask(branch=branch("no-such-run")), 404, "not-found")
    assert Run.objects.count() == 1


def test_the_other_run_must_have_asked_that_model(person: Person) -> None:
    first = person.run()
    found = problem(person.ask(branch=branch(first, model="demo-vit")), 422, "model-unknown")
    assert found["field"] == "branch.model"


def test_a_link_does_not_tell_of_the_other_run(person: Person, stranger: Person) -> None:
    first = person.run()
    finish()
    second = person.run(text="again", branch=branch(first))
    finish()
    secret = person.post(f"/api/runs/{second}/share").json()["url"].rpartition("/")[2]
    answer = stranger.get(f"/api/shares/{secret}")
    assert answer.json()["branch"] is None
    assert first.encode() not in answer.content


@pytest.mark.parametrize("id", [-1, 2**31, 10**30, "x", None, 0.5])
def test_ids_that_no_vocabulary_holds_are_refused(person: Person, id: Any) -> None:
    found = problem(person.ask(generate={"begin": [1, id]}), 422, "invalid")
    assert "begin" in found["field"]
