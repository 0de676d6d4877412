"""Who asks the very same at once shares one computation, and owns nothing of what others wait for."""

import pytest
from django.test import Client

from tests.webapp.computing import cards, claim, continuation, finish, result
from tests.webapp.conftest import Wakes
from tests.webapp.person import Person
from webapp.common.errors import system_problem
from webapp.runs import work
from webapp.runs.models import Job, Result, State

pytestmark = pytest.mark.django_db


def ask_both(person: Person, stranger: Person, **more: object) -> tuple[str, str]:
    """The runs of two people who ask the same."""
    return person.run(**more), stranger.run(**more)


def state_of(person: Person, run: str) -> dict[str, object]:
    """The run's only job."""
    (job,) = person.state(run)["jobs"]
    found: dict[str, object] = job
    return found


def test_two_people_one_computation(person: Person, stranger: Person) -> None:
    mine, theirs = ask_both(person, stranger)
    lease, job = claim()
    assert work.job_claim(queue="gpu", worker="other:1:0") is None
    waiting = state_of(stranger, theirs)
    assert (waiting["state"], waiting["shared"]) == ("queued", True)
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    assert [state_of(*of)["state"] for of in ((person, mine), (stranger, theirs))] == ["done", "done"]
    assert Result.objects.filter(state=State.DONE).values("key").distinct().count() == 1
    assert sorted(Job.objects.values_list("attempts", flat=True)) == [0, 1]
    results = stranger.state(theirs)["results"]
    assert stranger.get(f"/api/runs/{theirs}/results/{results[0]['id']}").status_code == 200


def test_a_continuation_is_shared_too(person: Person, stranger: Person) -> None:
    _, theirs = ask_both(person, stranger, generate={"max_new_tokens": 3})
    finish()
    job = stranger.state(theirs)["jobs"][0]
    assert (job["state"], job["continuation"]["text"]) == ("done", " abc")


def test_whoever_asked_something_else_is_not_held_up(person: Person, stranger: Person) -> None:
    person.run(methods=[{"key": "surprisal"}])
    stranger.run(methods=[{"key": "surprisal", "params": {"top": 7}}])
    claim()
    assert work.job_claim(queue="gpu", worker="other:1:0") is not None


def test_the_first_ones_cancel_is_not_the_seconds(person: Person, stranger: Person) -> None:
    mine, theirs = ask_both(person, stranger)
    lease, _ = claim()
    person.delete(f"/api/runs/{mine}")
    assert state_of(stranger, theirs)["state"] == "queued"
    work.job_cancelled(lease=lease)
    assert state_of(person, mine)["state"] == "cancelled"
    waiting = state_of(stranger, theirs)
    assert (waiting["state"], waiting["shared"]) == ("queued", False)
    finish()
    assert state_of(stranger, theirs)["state"] == "done"
    assert state_of(person, mine)["state"] == "cancelled"


def test_the_seconds_cancel_is_not_the_first_ones(person: Person, stranger: Person) -> None:
    mine, theirs = ask_both(person, stranger)
    lease, job = claim()
    stranger.delete(f"/api/runs/{theirs}")
    assert state_of(stranger, theirs)["state"] == "cancelled"
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    assert state_of(person, mine)["state"] == "done"
    assert state_of(stranger, theirs)["state"] == "cancelled"


def test_when_the_first_fails_the_second_takes_over(person: Person, stranger: Person) -> None:
    _, theirs = ask_both(person, stranger)
    lease, _ = claim()
    work.job_fail(lease=lease, problem=system_problem("internal"), fault="system")
    finish()
    assert state_of(stranger, theirs)["state"] == "done"


def test_a_stopped_continuation_answers_nobody_else(person: Person, stranger: Person) -> None:
    _, theirs = ask_both(person, stranger, generate={"max_new_tokens": 3})
    lease, job = claim()
    work.continuation_store(lease=lease, job=job, continuation=continuation("stopped"), cards=cards(job))
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    assert state_of(stranger, theirs)["state"] == "queued"
    finish()
    job = stranger.state(theirs)["jobs"][0]
    assert (job["state"], job["continuation"]["finish"]) == ("done", "length")


def test_what_nobody_answered_at_its_end_is_answered_when_it_is_claimed(
    person: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, theirs = ask_both(person, stranger)
    with monkeypatch.context() as crashed:
        crashed.setattr("webapp.runs.twins.answer_waiting", lambda content: None)
        finish()
    assert state_of(stranger, theirs)["state"] == "queued"
    assert work.job_claim(queue="gpu", worker="w:1:0") is None
    assert state_of(stranger, theirs)["state"] == "done"


def test_the_table_lets_only_one_be_computed(person: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that look at the same moment both see that nobody computes it yet."""
    ask_both(person, stranger)
    both = list(Job.objects.all())
    monkeypatch.setattr("webapp.runs.work.offers", lambda **_: iter(both))
    assert work.job_claim(queue="gpu", worker="a:1:0") is not None
    both = [job for job in Job.objects.all() if job.state == State.QUEUED]
    assert work.job_claim(queue="gpu", worker="b:1:0") is None
    assert Job.objects.filter(state=State.LEASED).count() == 1


def test_a_crowd_is_answered_at_once(catalogue: None, wakes: Wakes) -> None:
    crowd = [Person(Client()) for _ in range(10)]
    runs = [one.run() for one in crowd]
    finish()
    assert {state_of(one, run)["state"] for one, run in zip(crowd, runs, strict=True)} == {"done"}
    assert sum(Job.objects.values_list("attempts", flat=True)) == 1
